# What the words of the base theme say of therapy, said of housing.
disclaimer = These pages give information. They cannot replace advice from someone who has read your papers.
review-never = No solicitor has read this page yet.
urgent-question = Nowhere to sleep tonight?
urgent-link = What to do now
