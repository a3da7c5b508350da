# What this guide says in its own words.
review-never = Not yet reviewed by a clinician.
urgent-question = In danger, or thinking of ending your life?
home-start-1 = What is getting in the way?
home-start-2 = Compare kinds of therapy
