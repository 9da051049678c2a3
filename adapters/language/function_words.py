"""Words that hold sentences together. They tell a language, and say nothing about a text's subject."""

from collections.abc import Mapping
from typing import Final

_LISTED: Final = {
    "english": """a an and are as at be because been but by can could did do does for from had has have he her his how
        i if in into is it its me more most my no not of on or our she should so some such than that the their them
        then there these they this those to was we were what when where which while who whom why will with would you
        your about after all also am any before being both during each few further here just nor once only other over
        own same too under until up very""",
    "german": """aber als am an auch auf aus bei bin bis bist da damit das dass dem den der des die dies diese diesem
        diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es für gegen habe haben hat hatte
        ich ihr ihre im in ist ja jede jeder kann kein keine mit muss nach nicht noch nur oder ohne sehr sein seine
        seit sich sie sind so über um und uns unter viel vom von vor wann warum was weil welche welcher welches wenn
        wer werden wie wieder wir wird wo wurde wurden zu zum zur zwischen""",
    "french": """à afin ai aux avec c car ce cela ces cet cette chez comme comment d dans de depuis des dont du elle
        elles en entre est et été être eu fait il ils j je l la le les leur leurs lors lui m ma mais me même mes mon n
        ne nos notre nous on ont ou où par pas peut plus pour pourquoi qu quand que quel quelle quelles quels qui quoi
        s sa sans se sera ses si son sont sous sur t ta te tes toi ton tous tout toute tu un une vos votre vous y""",
    "spanish": """a al algo ante como cómo con contra cual cuál cuáles cuando cuándo de del desde donde dónde durante e
        el él ella ellos en entre era es esa ese eso esta está están estas este esto estos fue ha han hasta hay la las
        le les lo los más me mi muy no nos o otra otro para pero poco por porque que qué quien quién se según ser si sí
        sin sobre son su sus también tan te tiene toda todo todos tu un una unas uno unos y ya""",
    "italian": """a ad agli ai al alla alle anche che chi ci come con cosa cui da dagli dai dal dalla dalle degli dei
        del dell della delle dello di dove e è ed era essere fra gli ha hanno i il in io l la le lo loro ma mi nei nel
        nell nella nelle no noi non o ogni per perché più può qual quale quali quando quanto quella quello questa
        questo se sei si sia sono su sua sue sugli sul sulla suo tra tu un una uno""",
    "portuguese": """a à ao aos as até com como da das de dela dele do dos e é ela ele em entre era essa esse esta está
        este eu foi há isso isto já lhe mais mas me meu muito na não nas nem no nos num numa o onde os ou para pela
        pelas pelo pelos por porque porquê qual quais quando que quê quem se sem ser seu seus só são sua suas também te
        tem um uma você""",
    "dutch": """aan al als bij dan dat de deze die dit doen door dus een en er ge geen had heb hebben heeft het hij hoe
        hun iets ik in is ja je kan kunnen maar me meer men met mij mijn moet na naar niet niets nog nu of om omdat ons
        ook op over reeds te tegen toch toen tot u uit uw van veel voor waar waarom wanneer want waren was wat welke
        wie wij wil word worden wordt zal ze zich zij zijn zo zonder zou""",
    "swedish": """alla att av blev bli blir både de dem den denna deras dess dessa det detta dig din du där då efter
        ej eller en er ett från för ha hade han har hon hur här i icke inte jag kan man med mellan men mig min mot
        mycket ni nu när någon något och om oss på samma sedan sig sin ska skulle som så till under upp ut utan vad
        var varför
        vara vem vi vid vilken vilka år är över""",
    "danish": """af alle at blev bliver da de dem den denne der deres det dette dig din du efter eller en er et for
        fra før ham han har havde hende her hos hun hvad hvilke hvis hvor hvordan hvorfor hvornår i ikke ind jeg jer kan
        kunne man mange med meget men mig min mod ned nej nogle noget nu når og også om op os over på sig sin skal
        skulle som sådan til ud under var vi vil ville være været""",
    "norwegian": """av alle at ble blir da de dem den denne der deres det dette deg din du eller en er et etter for fra
        før han har hadde henne her hos hun hva hvem hvilke hvis hvor hvordan hvorfor i ikke inn jeg kan kunne man mange
        med meg mellom men min mot mye ned nei noe noen nå når og også om opp oss over på seg sin skal skulle som sånn
        til under ut var vi vil ville være vært""",
    "finnish": """ei eikä eivät en että hän häntä he ihan itse ja johon joiden joissa joita joka jonka jos jossa jota
        jotka kai kanssa keiden kenen koska kuin kuinka kuka kun kuten me mihin mikä miksi millä minä missä miten mitä
        mukaan mutta myös ne niin nyt näin ole oli olivat olla on ovat se sekä sen siitä sinä sitä tai te tämä tämän
        tässä vaan vai vain vielä voi yli""",
    "polish": """aby ale bardzo bez bo być był była było były ci co czy dla do gdy gdzie go i ich ile im ja jak jaka
        jakie jako je jego jej jest jeszcze jeśli już każdy kiedy kto która które który którzy lub ma mnie może można
        na nad nas nie niż o od on ona oraz po pod poza przed przez przy są się tak także tam te tego tej ten to tu tych
        tylko tym w we więc wszystko z za ze że żeby""",
    "czech": """aby ale ani ano až bez bude by byl byla bylo byly být co což či do ho i jak jaké jako je jeho její
        jejich jen ještě ji jsem jsme jsou k kde kdo kdy když která které který kteří ke mezi mi může my na nad nebo
        není než o od po pod podle pokud pro proč proto protože před při s se si své svůj tak také tam ten tento této
        tím to tohoto toho tom u už v ve však za ze že""",
    "turkish": """ama ancak bana bazı belki ben beni bir birçok bu buna bunda bunu bunun çok çünkü da daha de değil diye
        en gibi hangi hem hep hepsi her hiç için ile ise kadar ki kim kimin mı mi mu mü nasıl ne neden nerede niçin
        niye o olan olarak oldu olduğu olur ona onlar onu onun sen siz şey şu tüm var ve veya ya yani yok""",
    "hungarian": """a abban ahhoz ahogy aki akik alatt amely amelyek ami amikor annak arra az azok azt azzal be benne
        csak de e ebben egy egyik el én erre és ez ezek ezen ezt ezzel fel ha hanem hogy hogyan hol honnan igen illetve
        is itt ki kell közben legyen lehet lesz már meg mely melyik mert mi miért mikor milyen mint mit most nagyon ne
        nem nincs ő ők olyan ott össze saját sem számára szerint ti tovább úgy után van vagy vele volt voltak""",
    "romanian": """a acea această aceasta acest acesta aceste al ale am ar are as asta au avea ca când care cât ce cel
        cine cu cum că da dacă dar de decât deci despre din după ea ei el ele era este eu fi fie fost în într îl își
        la le lor lui mai mi mult nici nu o or pe pentru prin sa sale să se și sunt te tot toate tu un una unde unei
        unor unui va voi""",
    "indonesian": """ada adalah agar akan antara apa apakah atau bagaimana bagi bahwa banyak beberapa bisa boleh bukan
        dalam dan dapat dari dengan di dia ia ini itu jika juga kami kapan karena ke kepada ketika kita lain lebih maka
        mana mengapa mereka namun oleh pada para saat saja sangat saya sebagai sebuah sedang semua seperti setelah
        suatu sudah tanpa telah tentang terhadap tersebut tetapi tidak untuk yang""",
    "catalan": """a al als amb aquest aquesta aquestes aquests com d de del dels des el ella ells els em en entre és
        eren era es està et ha han hi i l la les li llur lo me més meu molt no nosaltres o on per perquè però què quan
        quin quina que qui s se sense ser seu són sobre també te tot un una uns""",
    "russian": """а без более бы был была были было быть в вам вас весь во вот все всего всех вы где да даже для до его
        ее её если есть еще ещё же за здесь и из или им их к как какая какие какой ко когда который которая которые кто
        ли либо между меня мне может мы на над надо наш не него нее нет ни них но ну о об однако он она они оно от по
        под после почему при про с сам свою себя со так также такой там те тем то того тоже той только том ты у уже
        хотя чего чей чем что чтобы эта эти это этого этой этом этот я""",
    "serbian": """а али би био била било бити да до за зашто и из или има их ја је јер још јесу као када како који која
        које кроз ли ми на над не него није њих о од он она они по под према при са само се сам све су тај так те то у
        уз што шта""",
    "arabic": """إلا إلى إليه إليها إما إن إنه إنها أم أما أن أنا أنت أنه أنها أو أي أيضا أين اذا إذا إذ الا الآن
        اللاتي التي الذي الذين الى أمام ان او اي بأن بعد بعض بل بها به بين تحت تلك ثم حتى حول حيث خلال دون ذلك سوف ضد
        عليه عليها عن عند عندما على غير فإن فقد فهو في فيه فيها قد قبل كان كانت كانوا كذلك كل كم كما كيف لا لأن لدى
        لذلك لقد لكن لم لماذا لن لنا له لها لهم ليس ليست ما ماذا متى مع مما من منذ منها منه نحن نحو هؤلاء هذا هذه هل
        هم هناك هنا هو هي و وأن وإن وإلى وقد وكان وكانت ولا ولكن ولم والتي والذي وعلى وعن وفي وما ومع ومن وهذا وهذه
        وهو وهي يا يكون يمكن""",
    "persian": """آن آنها از است اگر اما او این اینکه با باید بر برای به بود بودن تا تر چرا چه چگونه چون چیست خود در
        دیگر را شد شده شود کجا کدام کرد کرده کند که کی ما من می نیز نیست ها های هر هم هستند همه هیچ و ولی یا یک""",
    "greek": """αλλά αν ανά από αυτά αυτές αυτή αυτό αυτοί αυτός για γιατί δε δεν είναι εκεί ένα ένας ενώ έχει έχουν ή η
        ήταν θα και κατά κάθε με μέσα μετά μη μην μια μία μπορεί να ο οι όπου όπως όταν ότι που πού πώς προς σαν σε στη
        στην στις στο στον στους στα τα της τι τις το τον του τους των ως""",
    "hindi": """अपना अपनी अपने आप इस इसका इसकी इसके इसमें इन उस उसका उसके और कब कर करता करते करना करने कहाँ का कि किया
        किस की कुछ के को कोई कौन क्या क्यों कैसे गया जब जहाँ जा जो तक तो था थी थे दिया द्वारा नहीं ने पर बहुत भी में
        मैं यदि
        यह या ये रहा रहे लिए वह वाले वे सभी साथ से हम ही हुआ है हैं हो होता होती होते होने""",
}

FUNCTION_WORDS: Final[Mapping[str, frozenset[str]]] = {
    language: frozenset(listed.casefold().split()) for language, listed in _LISTED.items()
}
