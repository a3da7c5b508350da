# What this guide says in its own words, in German, machine-written: no native speaker has checked it yet.
review-never = Noch nicht von einer Fachperson aus dem Gesundheitswesen geprüft.
urgent-question = Sind Sie in Gefahr, oder denken Sie daran, sich das Leben zu nehmen?
home-start-1 = Was steht im Weg?
home-start-2 = Therapieformen vergleichen
