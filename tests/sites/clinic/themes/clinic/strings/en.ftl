disclaimer = These pages give information. They cannot replace advice from your own clinic.
urgent-question = Shaking, sweating or confused?
urgent-link = What to do about low sugar now
