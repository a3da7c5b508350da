# What this guide says in its own words, in Arabic, machine-written: no native speaker has checked it yet.
review-never = لم تُراجَع بعد من قِبل مختصين في الرعاية الصحية.
urgent-question = هل أنت في خطر، أو تراودك أفكار بإنهاء حياتك؟
home-start-1 = ما الذي يعيق؟
home-start-2 = مقارنة أنواع العلاج
