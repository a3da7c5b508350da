# What this guide says in its own words.
review-never = Not yet reviewed by a clinician.
urgent-question = In danger, or thinking of ending your life?
