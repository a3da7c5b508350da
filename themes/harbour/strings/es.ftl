# What this guide says in its own words, in Spanish, machine-written: no native speaker has checked it yet.
# It says "tú" to the reader throughout, so the few words of base that say "usted" are written again here.
review-never = Aún sin revisar por profesionales de la salud.
urgent-question = ¿Estás en peligro o piensas en quitarte la vida?
urgent-link = Pide ayuda urgente ahora
disclaimer = Esta guía ofrece información. No puede sustituir el consejo de alguien que te conozca.
urgent-unchecked = Comprueba este número: nadie lo ha comprobado todavía.
urgent-unchecked-some = Comprueba estos números: no todos se han comprobado.
exit-twice = Pulsa Mayús dos veces más para salir de esta página.
exit-once = Pulsa Mayús una vez más para salir de esta página.
statements-because = Porque has elegido
search-label = ¿Qué buscas?
search-hint = Escríbelo como lo dirías.
search-stays = Lo que escribas se queda en esta página.
search-instead = Quizá te sirva esto:

# The headings of schema.yaml.
kind-barrier = Posibles obstáculos
kind-one-barrier = Posible obstáculo
field-barrier-key_points = En pocas palabras
field-barrier-signs = Quizá notes
field-barrier-say_it = Palabras que puedes usar
field-barrier-ask_first = Pregunta

kind-support = Qué puede ayudar
kind-one-support = Qué puede ayudar
field-support-key_points = En pocas palabras
field-support-who_with = Con quién
field-support-cost_note = Cuánto puede costar
field-support-first_step = El primer paso
field-support-steps = Paso a paso
field-support-say_it = Palabras que puedes usar
field-support-ask_first = Pregunta

kind-modality = Tipos de terapia
kind-one-modality = Tipo de terapia
field-modality-key_points = En pocas palabras
field-modality-focus = En qué se fija
field-modality-what_a_session_is_like = Cómo es una sesión
field-modality-between_sessions = Entre sesiones
field-modality-typical_length = Cuánto suele durar
field-modality-format = De qué formas se puede hacer
field-modality-structured = Plan
field-modality-homework = Tareas
field-modality-past = Hablar del pasado
field-modality-questions = Preguntas que puedes hacer
field-modality-evidence = Qué dicen los estudios

kind-concern = Qué te llevó a terapia
kind-one-concern = Qué te llevó a terapia
field-concern-key_points = En pocas palabras
field-concern-see_a_doctor_if = Acude al médico si

kind-concept = Ideas que lo explican
kind-one-concept = Una idea que lo explica
field-concept-definition = En una frase

kind-tool = Herramientas
kind-one-tool = Herramienta

kind-page = Páginas
kind-one-page = Página

kind-term = Palabras explicadas
kind-one-term = Palabra

kind-source = Fuentes
kind-one-source = Fuente
field-source-authors = Autores
field-source-year = Año
field-source-container = Publicado en
field-source-doi = DOI
field-source-pmid = Número en PubMed
field-source-pmcid = Número en PubMed Central
field-source-url = Dónde leerlo
field-source-supports = Qué tomamos de ella

kind-format = Formas de hacer terapia
kind-one-format = Forma de hacer terapia

kind-helpline = Teléfonos de ayuda
kind-one-helpline = Teléfono de ayuda
field-helpline-region = Dónde
field-helpline-number = Llama al
field-helpline-text = Por mensaje
field-helpline-hours = Cuándo
field-helpline-who_for = Para quién es
field-helpline-cost = Cuánto cuesta
field-helpline-relay = Intermediación telefónica y lengua de signos
field-helpline-source_url = De dónde sale este número

relation-helped_by = Qué puede ayudar
relation-helps = Ayuda con
relation-look_at = Tipos de terapia que puedes mirar
relation-may_help_when = Puede ayudar cuando
relation-involves = Suele formar parte de esto
relation-barriers = Posibles obstáculos
relation-part_of = Forma parte de
relation-has_parts = Míralo más de cerca
relation-explained_by = Ideas que lo explican
relation-explains = Ayuda a explicar
relation-requires = Qué hace falta
relation-needed_for = Hace falta para
relation-uses = Tipos de terapia con los que puede hacerse
relation-used_in = Se usa en
relation-caution_for = Ten cuidado con
relation-take_care_with = Ten cuidado con
relation-precedes = Va antes de
relation-comes_after = Va después de
relation-suits = Se usa para
relation-approached_by = Tipos de terapia que se usan para esto
relation-may_not_suit = Puede no bastar para
relation-look_beyond = Terapias que pueden no bastar
relation-kind_of = Es un tipo de
relation-kinds = Tipos que incluye
relation-combines_with = Va bien con
relation-combined_with = Va bien con
relation-tool_for = Para qué te puede servir
relation-tools = En papel o en pantalla
relation-see_also = Véase también

taxonomy-topics = Temas
term-topics-hopes-and-expectations = Lo que esperabas
term-topics-daily-life = El día a día
term-topics-more-than-talking = Algo más que hablar
term-topics-the-approach = El tipo de terapia
term-topics-you-and-your-therapist = Tu terapeuta y tú
term-topics-readiness = Si es el momento

# The first ways in, on home.
home-start-1 = ¿Qué te lo pone difícil?
home-start-2 = Comparar tipos de terapia
