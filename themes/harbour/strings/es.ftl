# What this guide says in its own words, in Spanish, machine-written: no native speaker has checked it yet.
review-never = Aún sin revisar por profesionales de la salud.
urgent-question = ¿Está en peligro o piensa en quitarse la vida?
