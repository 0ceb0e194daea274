<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
<context>
    <name>Actions</name>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;Segment</source>
        <translation>&amp;Segment</translation>
    </message>
    <message>
        <source>&amp;Playback</source>
        <translation>&amp;Wiedergabe</translation>
    </message>
    <message>
        <source>&amp;Timeline</source>
        <translation>&amp;Zeitleiste</translation>
    </message>
    <message>
        <source>&amp;Render</source>
        <translation>&amp;Rendern</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>3D &amp;camera</source>
        <translation>3D-&amp;Kamera</translation>
    </message>
    <message>
        <source>Show in &amp;3D</source>
        <translation>In &amp;3D zeigen</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>&amp;Sprache</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;New…</source>
        <translation>&amp;Neu …</translation>
    </message>
    <message>
        <source>Make a project from a portrait and a recording.</source>
        <translation>Aus einem Porträt und einer Aufnahme ein Projekt anlegen.</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>&amp;Öffnen …</translation>
    </message>
    <message>
        <source>Open a project.</source>
        <translation>Ein Projekt öffnen.</translation>
    </message>
    <message>
        <source>Open the s&amp;ample</source>
        <translation>&amp;Beispiel öffnen</translation>
    </message>
    <message>
        <source>Open a copy of the bundled sample project.</source>
        <translation>Eine Kopie des mitgelieferten Beispiels öffnen.</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>&amp;Speichern</translation>
    </message>
    <message>
        <source>Save the project.</source>
        <translation>Das Projekt speichern.</translation>
    </message>
    <message>
        <source>Save &amp;as…</source>
        <translation>Speichern &amp;unter …</translation>
    </message>
    <message>
        <source>Save the project under another name.</source>
        <translation>Das Projekt unter einem anderen Namen speichern.</translation>
    </message>
    <message>
        <source>Replace &amp;portrait…</source>
        <translation>&amp;Porträt ersetzen …</translation>
    </message>
    <message>
        <source>Choose another picture of the person.</source>
        <translation>Ein anderes Bild der Person wählen.</translation>
    </message>
    <message>
        <source>Replace &amp;recording…</source>
        <translation>&amp;Aufnahme ersetzen …</translation>
    </message>
    <message>
        <source>Choose another speech recording.</source>
        <translation>Eine andere Sprachaufnahme wählen.</translation>
    </message>
    <message>
        <source>Find &amp;missing media…</source>
        <translation>&amp;Fehlende Medien suchen …</translation>
    </message>
    <message>
        <source>Say where the portrait or the recording lies now.</source>
        <translation>Angeben, wo Porträt oder Aufnahme jetzt liegen.</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>&amp;Exportieren …</translation>
    </message>
    <message>
        <source>Write a video, the motion, the poses or the timeline to a file.</source>
        <translation>Video, Bewegung, Posen oder Zeitleiste in eine Datei schreiben.</translation>
    </message>
    <message>
        <source>&amp;Close project</source>
        <translation>Projekt s&amp;chließen</translation>
    </message>
    <message>
        <source>Close the project.</source>
        <translation>Das Projekt schließen.</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>Leave the program.</source>
        <translation>Das Programm verlassen.</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>Take the last change back.</source>
        <translation>Die letzte Änderung zurücknehmen.</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>Make the change again.</source>
        <translation>Die Änderung wieder ausführen.</translation>
    </message>
    <message>
        <source>Cu&amp;t</source>
        <translation>&amp;Ausschneiden</translation>
    </message>
    <message>
        <source>Cut the selected segments.</source>
        <translation>Die gewählten Segmente ausschneiden.</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>Copy the selected segments.</source>
        <translation>Die gewählten Segmente kopieren.</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>&amp;Einfügen</translation>
    </message>
    <message>
        <source>Put the copied segments at the playhead.</source>
        <translation>Die kopierten Segmente am Abspielkopf einfügen.</translation>
    </message>
    <message>
        <source>&amp;Duplicate</source>
        <translation>&amp;Duplizieren</translation>
    </message>
    <message>
        <source>Put a copy behind each selected segment.</source>
        <translation>Hinter die gewählten Segmente eine Kopie setzen.</translation>
    </message>
    <message>
        <source>De&amp;lete</source>
        <translation>&amp;Löschen</translation>
    </message>
    <message>
        <source>Delete the selected segments and leave a gap.</source>
        <translation>Die gewählten Segmente löschen; eine Lücke bleibt.</translation>
    </message>
    <message>
        <source>Ripple d&amp;elete</source>
        <translation>Löschen und a&amp;ufrücken</translation>
    </message>
    <message>
        <source>Delete the selected segments and close the gap.</source>
        <translation>Die gewählten Segmente löschen und die Lücke schließen.</translation>
    </message>
    <message>
        <source>Select &amp;all</source>
        <translation>A&amp;lles auswählen</translation>
    </message>
    <message>
        <source>Select every segment.</source>
        <translation>Alle Segmente auswählen.</translation>
    </message>
    <message>
        <source>Select &amp;none</source>
        <translation>&amp;Nichts auswählen</translation>
    </message>
    <message>
        <source>Select nothing.</source>
        <translation>Die Auswahl aufheben.</translation>
    </message>
    <message>
        <source>Co&amp;mmands…</source>
        <translation>&amp;Befehle …</translation>
    </message>
    <message>
        <source>Find and run any command by its name.</source>
        <translation>Jeden Befehl nach seinem Namen suchen und ausführen.</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts…</source>
        <translation>&amp;Tastenkürzel …</translation>
    </message>
    <message>
        <source>Change the shortcut of any command.</source>
        <translation>Das Tastenkürzel jedes Befehls ändern.</translation>
    </message>
    <message>
        <source>&amp;Add prompt at playhead</source>
        <translation>&amp;Anweisung am Abspielkopf hinzufügen</translation>
    </message>
    <message>
        <source>Add a segment at the playhead and write its prompt.</source>
        <translation>Am Abspielkopf ein Segment anlegen und seine Anweisung schreiben.</translation>
    </message>
    <message>
        <source>Add &amp;emotion at playhead</source>
        <translation>&amp;Gefühl am Abspielkopf hinzufügen</translation>
    </message>
    <message>
        <source>Add an emotion segment at the playhead.</source>
        <translation>Am Abspielkopf ein Gefühlssegment anlegen.</translation>
    </message>
    <message>
        <source>Edit &amp;prompt</source>
        <translation>An&amp;weisung bearbeiten</translation>
    </message>
    <message>
        <source>Write the selected segment's prompt.</source>
        <translation>Die Anweisung des gewählten Segments schreiben.</translation>
    </message>
    <message>
        <source>&amp;Split at playhead</source>
        <translation>Am Abspielkopf &amp;teilen</translation>
    </message>
    <message>
        <source>Split the segments under the playhead.</source>
        <translation>Die Segmente unter dem Abspielkopf teilen.</translation>
    </message>
    <message>
        <source>Split on all &amp;tracks</source>
        <translation>Auf allen &amp;Spuren teilen</translation>
    </message>
    <message>
        <source>Split every track's segment at the playhead.</source>
        <translation>Das Segment jeder Spur am Abspielkopf teilen.</translation>
    </message>
    <message>
        <source>&amp;Join</source>
        <translation>&amp;Verbinden</translation>
    </message>
    <message>
        <source>Join the selected segments.</source>
        <translation>Die gewählten Segmente verbinden.</translation>
    </message>
    <message>
        <source>Trim start to playhead</source>
        <translation>Anfang zum Abspielkopf trimmen</translation>
    </message>
    <message>
        <source>Let the selected segment begin at the playhead.</source>
        <translation>Das gewählte Segment am Abspielkopf beginnen lassen.</translation>
    </message>
    <message>
        <source>Trim end to playhead</source>
        <translation>Ende zum Abspielkopf trimmen</translation>
    </message>
    <message>
        <source>Let the selected segment end at the playhead.</source>
        <translation>Das gewählte Segment am Abspielkopf enden lassen.</translation>
    </message>
    <message>
        <source>Nudge &amp;left</source>
        <translation>Nach &amp;links rücken</translation>
    </message>
    <message>
        <source>Move the selected segments back by one motion frame.</source>
        <translation>Die gewählten Segmente um ein Bewegungsbild zurückrücken.</translation>
    </message>
    <message>
        <source>Nudge &amp;right</source>
        <translation>Nach &amp;rechts rücken</translation>
    </message>
    <message>
        <source>Move the selected segments on by one motion frame.</source>
        <translation>Die gewählten Segmente um ein Bewegungsbild vorrücken.</translation>
    </message>
    <message>
        <source>&amp;Group</source>
        <translation>&amp;Gruppieren</translation>
    </message>
    <message>
        <source>Let the selected segments be selected together.</source>
        <translation>Die gewählten Segmente künftig zusammen auswählen.</translation>
    </message>
    <message>
        <source>&amp;Ungroup</source>
        <translation>Gruppe a&amp;uflösen</translation>
    </message>
    <message>
        <source>Let the selected segments be selected one by one again.</source>
        <translation>Die gewählten Segmente wieder einzeln auswählen.</translation>
    </message>
    <message>
        <source>Loc&amp;k or unlock</source>
        <translation>S&amp;perren oder entsperren</translation>
    </message>
    <message>
        <source>Keep the selected segments from being changed or regenerated.</source>
        <translation>Die gewählten Segmente vor Änderung und Neuerzeugung schützen.</translation>
    </message>
    <message>
        <source>Another ta&amp;ke</source>
        <translation>&amp;Neuer Versuch</translation>
    </message>
    <message>
        <source>Try a new seed for the selected segments; the old takes are kept.</source>
        <translation>Für die gewählten Segmente einen neuen Startwert versuchen; die alten Versuche bleiben.</translation>
    </message>
    <message>
        <source>Pre&amp;vious take</source>
        <translation>V&amp;origer Versuch</translation>
    </message>
    <message>
        <source>Go back to the take before.</source>
        <translation>Zum vorigen Versuch zurückgehen.</translation>
    </message>
    <message>
        <source>Ne&amp;xt take</source>
        <translation>N&amp;ächster Versuch</translation>
    </message>
    <message>
        <source>Go on to the next take.</source>
        <translation>Zum nächsten Versuch gehen.</translation>
    </message>
    <message>
        <source>&amp;Favour the take</source>
        <translation>Versuch &amp;bevorzugen</translation>
    </message>
    <message>
        <source>Mark the take in use as a favourite.</source>
        <translation>Den verwendeten Versuch als Favorit kennzeichnen.</translation>
    </message>
    <message>
        <source>&amp;Compare with the take before</source>
        <translation>Mit dem vorigen Versuch ver&amp;gleichen</translation>
    </message>
    <message>
        <source>Show the take before beside this one in the video view.</source>
        <translation>Den vorigen Versuch in der Videoansicht neben diesem zeigen.</translation>
    </message>
    <message>
        <source>Propose seg&amp;ments</source>
        <translation>Segmente vors&amp;chlagen</translation>
    </message>
    <message>
        <source>Propose a segment for each phrase between the pauses.</source>
        <translation>Für jeden Satz zwischen den Pausen ein Segment vorschlagen.</translation>
    </message>
    <message>
        <source>&amp;Play or pause</source>
        <translation>&amp;Abspielen oder anhalten</translation>
    </message>
    <message>
        <source>Play from the playhead, or pause.</source>
        <translation>Ab dem Abspielkopf abspielen oder anhalten.</translation>
    </message>
    <message>
        <source>Play the &amp;range</source>
        <translation>&amp;Bereich abspielen</translation>
    </message>
    <message>
        <source>Play from in to out.</source>
        <translation>Von In bis Out abspielen.</translation>
    </message>
    <message>
        <source>Shuttle &amp;back</source>
        <translation>&amp;Zurückspulen</translation>
    </message>
    <message>
        <source>Play backwards; press again for 2, 4 and 8 times the speed. With K held: one frame back.</source>
        <translation>Rückwärts abspielen; nochmals für 2-, 4- und 8-faches Tempo. Mit gehaltenem K: ein Bild zurück.</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>S&amp;topp</translation>
    </message>
    <message>
        <source>Stop playing.</source>
        <translation>Die Wiedergabe anhalten.</translation>
    </message>
    <message>
        <source>Shuttle &amp;on</source>
        <translation>&amp;Vorspulen</translation>
    </message>
    <message>
        <source>Play; press again for 2, 4 and 8 times the speed. With K held: one frame on.</source>
        <translation>Abspielen; nochmals für 2-, 4- und 8-faches Tempo. Mit gehaltenem K: ein Bild vor.</translation>
    </message>
    <message>
        <source>One frame back</source>
        <translation>Ein Bild zurück</translation>
    </message>
    <message>
        <source>Go one frame back.</source>
        <translation>Ein Bild zurückgehen.</translation>
    </message>
    <message>
        <source>One frame on</source>
        <translation>Ein Bild vor</translation>
    </message>
    <message>
        <source>Go one frame on.</source>
        <translation>Ein Bild vorgehen.</translation>
    </message>
    <message>
        <source>One second back</source>
        <translation>Eine Sekunde zurück</translation>
    </message>
    <message>
        <source>Go one second back.</source>
        <translation>Eine Sekunde zurückgehen.</translation>
    </message>
    <message>
        <source>One second on</source>
        <translation>Eine Sekunde vor</translation>
    </message>
    <message>
        <source>Go one second on.</source>
        <translation>Eine Sekunde vorgehen.</translation>
    </message>
    <message>
        <source>To the start</source>
        <translation>Zum Anfang</translation>
    </message>
    <message>
        <source>Go to the start.</source>
        <translation>Zum Anfang gehen.</translation>
    </message>
    <message>
        <source>To the end</source>
        <translation>Zum Ende</translation>
    </message>
    <message>
        <source>Go to the end.</source>
        <translation>Zum Ende gehen.</translation>
    </message>
    <message>
        <source>Previous edit</source>
        <translation>Voriger Schnitt</translation>
    </message>
    <message>
        <source>Go to the edge of a segment before the playhead.</source>
        <translation>Zur Segmentkante vor dem Abspielkopf gehen.</translation>
    </message>
    <message>
        <source>Next edit</source>
        <translation>Nächster Schnitt</translation>
    </message>
    <message>
        <source>Go to the edge of a segment after the playhead.</source>
        <translation>Zur Segmentkante nach dem Abspielkopf gehen.</translation>
    </message>
    <message>
        <source>Set &amp;in</source>
        <translation>&amp;In setzen</translation>
    </message>
    <message>
        <source>Let the range begin at the playhead.</source>
        <translation>Den Bereich am Abspielkopf beginnen lassen.</translation>
    </message>
    <message>
        <source>Set o&amp;ut</source>
        <translation>&amp;Out setzen</translation>
    </message>
    <message>
        <source>Let the range end at the playhead.</source>
        <translation>Den Bereich am Abspielkopf enden lassen.</translation>
    </message>
    <message>
        <source>Go to in</source>
        <translation>Zu In gehen</translation>
    </message>
    <message>
        <source>Go to the start of the range.</source>
        <translation>Zum Anfang des Bereichs gehen.</translation>
    </message>
    <message>
        <source>Go to out</source>
        <translation>Zu Out gehen</translation>
    </message>
    <message>
        <source>Go to the end of the range.</source>
        <translation>Zum Ende des Bereichs gehen.</translation>
    </message>
    <message>
        <source>&amp;Clear the range</source>
        <translation>Bereich &amp;löschen</translation>
    </message>
    <message>
        <source>Forget in and out.</source>
        <translation>In und Out vergessen.</translation>
    </message>
    <message>
        <source>&amp;Loop the range</source>
        <translation>Bereich &amp;wiederholen</translation>
    </message>
    <message>
        <source>Play the range, or the whole, again and again.</source>
        <translation>Den Bereich oder das Ganze immer wieder abspielen.</translation>
    </message>
    <message>
        <source>&amp;Sound while scrubbing</source>
        <translation>&amp;Ton beim Ziehen</translation>
    </message>
    <message>
        <source>Hear the recording while the playhead is dragged.</source>
        <translation>Die Aufnahme hören, während der Abspielkopf gezogen wird.</translation>
    </message>
    <message>
        <source>S&amp;napping</source>
        <translation>&amp;Einrasten</translation>
    </message>
    <message>
        <source>Let edges snap to segments, the playhead, markers, pauses and accents.</source>
        <translation>Kanten an Segmenten, Abspielkopf, Marken, Pausen und Betonungen einrasten lassen.</translation>
    </message>
    <message>
        <source>&amp;Ripple</source>
        <translation>&amp;Aufrücken</translation>
    </message>
    <message>
        <source>Let deleting close the gap.</source>
        <translation>Beim Löschen die Lücke schließen.</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>Ver&amp;größern</translation>
    </message>
    <message>
        <source>Show less of the timeline, larger.</source>
        <translation>Weniger von der Zeitleiste zeigen, größer.</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>Show more of the timeline.</source>
        <translation>Mehr von der Zeitleiste zeigen.</translation>
    </message>
    <message>
        <source>&amp;Fit the whole</source>
        <translation>&amp;Ganz zeigen</translation>
    </message>
    <message>
        <source>Show the whole recording.</source>
        <translation>Die ganze Aufnahme zeigen.</translation>
    </message>
    <message>
        <source>Zoom to &amp;selection</source>
        <translation>&amp;Auswahl zeigen</translation>
    </message>
    <message>
        <source>Show the selected segments as large as they fit.</source>
        <translation>Die gewählten Segmente so groß zeigen, wie sie passen.</translation>
    </message>
    <message>
        <source>Add &amp;marker</source>
        <translation>&amp;Marke setzen</translation>
    </message>
    <message>
        <source>Put a marker at the playhead.</source>
        <translation>Am Abspielkopf eine Marke setzen.</translation>
    </message>
    <message>
        <source>Next marker</source>
        <translation>Nächste Marke</translation>
    </message>
    <message>
        <source>Go to the next marker.</source>
        <translation>Zur nächsten Marke gehen.</translation>
    </message>
    <message>
        <source>Previous marker</source>
        <translation>Vorige Marke</translation>
    </message>
    <message>
        <source>Go to the marker before.</source>
        <translation>Zur vorigen Marke gehen.</translation>
    </message>
    <message>
        <source>Rename marker…</source>
        <translation>Marke umbenennen …</translation>
    </message>
    <message>
        <source>Name the marker at or before the playhead.</source>
        <translation>Die Marke am oder vor dem Abspielkopf benennen.</translation>
    </message>
    <message>
        <source>Remove marker</source>
        <translation>Marke entfernen</translation>
    </message>
    <message>
        <source>Remove the marker at or before the playhead.</source>
        <translation>Die Marke am oder vor dem Abspielkopf entfernen.</translation>
    </message>
    <message>
        <source>Add &amp;prompt track</source>
        <translation>&amp;Anweisungsspur hinzufügen</translation>
    </message>
    <message>
        <source>Add another track for prompts.</source>
        <translation>Eine weitere Spur für Anweisungen anlegen.</translation>
    </message>
    <message>
        <source>Add emotion track</source>
        <translation>Gefühlsspur hinzufügen</translation>
    </message>
    <message>
        <source>Add another track for emotions.</source>
        <translation>Eine weitere Spur für Gefühle anlegen.</translation>
    </message>
    <message>
        <source>Remove track</source>
        <translation>Spur entfernen</translation>
    </message>
    <message>
        <source>Remove the track of the selection or of the menu.</source>
        <translation>Die Spur der Auswahl oder des Menüs entfernen.</translation>
    </message>
    <message>
        <source>Show time&amp;code</source>
        <translation>&amp;Timecode zeigen</translation>
    </message>
    <message>
        <source>Show hours, minutes, seconds and frames in place of seconds.</source>
        <translation>Stunden, Minuten, Sekunden und Bilder statt Sekunden zeigen.</translation>
    </message>
    <message>
        <source>Follow the play&amp;head</source>
        <translation>Dem Abspielkopf &amp;folgen</translation>
    </message>
    <message>
        <source>Scroll the timeline so that the playhead stays visible.</source>
        <translation>Die Zeitleiste so verschieben, dass der Abspielkopf sichtbar bleibt.</translation>
    </message>
    <message>
        <source>Render &amp;selected segments</source>
        <translation>&amp;Gewählte Segmente rendern</translation>
    </message>
    <message>
        <source>Render the selected segments in the background.</source>
        <translation>Die gewählten Segmente im Hintergrund rendern.</translation>
    </message>
    <message>
        <source>Render the &amp;range</source>
        <translation>&amp;Bereich rendern</translation>
    </message>
    <message>
        <source>Render from in to out in the background.</source>
        <translation>Von In bis Out im Hintergrund rendern.</translation>
    </message>
    <message>
        <source>Render the &amp;whole</source>
        <translation>&amp;Alles rendern</translation>
    </message>
    <message>
        <source>Render the whole recording in the background.</source>
        <translation>Die ganze Aufnahme im Hintergrund rendern.</translation>
    </message>
    <message>
        <source>&amp;Pause or go on</source>
        <translation>&amp;Pause oder weiter</translation>
    </message>
    <message>
        <source>Pause the running render, or go on with it.</source>
        <translation>Das laufende Rendern anhalten oder fortsetzen.</translation>
    </message>
    <message>
        <source>&amp;Cancel the render</source>
        <translation>Rendern a&amp;bbrechen</translation>
    </message>
    <message>
        <source>Stop the running render; finished pieces are kept.</source>
        <translation>Das laufende Rendern abbrechen; fertige Stücke bleiben.</translation>
    </message>
    <message>
        <source>&amp;Model manager…</source>
        <translation>&amp;Modellverwaltung …</translation>
    </message>
    <message>
        <source>Download, import, check and remove the networks' weights.</source>
        <translation>Gewichte der Netze herunterladen, importieren, prüfen und entfernen.</translation>
    </message>
    <message>
        <source>&amp;3D skeleton</source>
        <translation>&amp;3D-Skelett</translation>
    </message>
    <message>
        <source>Show the motion in 3D.</source>
        <translation>Die Bewegung in 3D zeigen.</translation>
    </message>
    <message>
        <source>&amp;Poses</source>
        <translation>&amp;Posen</translation>
    </message>
    <message>
        <source>Show the poses over the portrait.</source>
        <translation>Die Posen über dem Porträt zeigen.</translation>
    </message>
    <message>
        <source>&amp;Video</source>
        <translation>&amp;Video</translation>
    </message>
    <message>
        <source>Show the rendered video.</source>
        <translation>Das gerenderte Video zeigen.</translation>
    </message>
    <message>
        <source>Portrait &amp;rig</source>
        <translation>Porträt-&amp;Rig</translation>
    </message>
    <message>
        <source>Place the points of the portrait.</source>
        <translation>Die Punkte des Porträts setzen.</translation>
    </message>
    <message>
        <source>Side &amp;by side</source>
        <translation>&amp;Nebeneinander</translation>
    </message>
    <message>
        <source>Show 3D, poses and video beside each other.</source>
        <translation>3D, Posen und Video nebeneinander zeigen.</translation>
    </message>
    <message>
        <source>What the renderer &amp;gets</source>
        <translation>Was der Renderer &amp;bekommt</translation>
    </message>
    <message>
        <source>Show in the pose view exactly the picture that the renderer gets.</source>
        <translation>In der Posenansicht genau das Bild zeigen, das der Renderer bekommt.</translation>
    </message>
    <message>
        <source>&amp;Front</source>
        <translation>&amp;Vorn</translation>
    </message>
    <message>
        <source>Look from the front.</source>
        <translation>Von vorn schauen.</translation>
    </message>
    <message>
        <source>&amp;Side</source>
        <translation>&amp;Seite</translation>
    </message>
    <message>
        <source>Look from the side.</source>
        <translation>Von der Seite schauen.</translation>
    </message>
    <message>
        <source>&amp;Top</source>
        <translation>&amp;Oben</translation>
    </message>
    <message>
        <source>Look from above.</source>
        <translation>Von oben schauen.</translation>
    </message>
    <message>
        <source>&amp;Portrait camera</source>
        <translation>&amp;Porträtkamera</translation>
    </message>
    <message>
        <source>Look as the portrait was taken.</source>
        <translation>So schauen, wie das Porträt aufgenommen wurde.</translation>
    </message>
    <message>
        <source>&amp;Follow the person</source>
        <translation>Der Person &amp;folgen</translation>
    </message>
    <message>
        <source>Keep the person in the middle of the 3D view.</source>
        <translation>Die Person in der Mitte der 3D-Ansicht halten.</translation>
    </message>
    <message>
        <source>&amp;Floor</source>
        <translation>&amp;Boden</translation>
    </message>
    <message>
        <source>Draw the floor's grid.</source>
        <translation>Das Gitter des Bodens zeichnen.</translation>
    </message>
    <message>
        <source>Foot &amp;contacts</source>
        <translation>&amp;Fußkontakte</translation>
    </message>
    <message>
        <source>Mark the feet that stand on the floor.</source>
        <translation>Füße kennzeichnen, die auf dem Boden stehen.</translation>
    </message>
    <message>
        <source>Trail of the &amp;hips</source>
        <translation>Spur der &amp;Hüfte</translation>
    </message>
    <message>
        <source>Draw the way of the hips.</source>
        <translation>Den Weg der Hüfte zeichnen.</translation>
    </message>
    <message>
        <source>Trails of the &amp;wrists</source>
        <translation>Spuren der Hand&amp;gelenke</translation>
    </message>
    <message>
        <source>Draw the ways of the wrists.</source>
        <translation>Die Wege der Handgelenke zeichnen.</translation>
    </message>
    <message>
        <source>&amp;Onion skins</source>
        <translation>&amp;Zwiebelschalen</translation>
    </message>
    <message>
        <source>Draw the person a moment before and after.</source>
        <translation>Die Person kurz davor und danach zeichnen.</translation>
    </message>
    <message>
        <source>Body &amp;mesh…</source>
        <translation>Körper&amp;netz …</translation>
    </message>
    <message>
        <source>Draw a body with an SMPL-X model file of your own.</source>
        <translation>Mit einer eigenen SMPL-X-Modelldatei einen Körper zeichnen.</translation>
    </message>
    <message>
        <source>&amp;Limbs only</source>
        <translation>Nur G&amp;liedmaßen</translation>
    </message>
    <message>
        <source>Draw limbs in place of the body mesh.</source>
        <translation>Gliedmaßen statt des Körpernetzes zeichnen.</translation>
    </message>
    <message>
        <source>Reset the &amp;layout</source>
        <translation>&amp;Anordnung zurücksetzen</translation>
    </message>
    <message>
        <source>Put the docks where they were at first.</source>
        <translation>Die Bereiche dahin setzen, wo sie anfangs waren.</translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation>&amp;Vollbild</translation>
    </message>
    <message>
        <source>Let the window fill the screen.</source>
        <translation>Das Fenster den Bildschirm füllen lassen.</translation>
    </message>
    <message>
        <source>Preview &amp;only</source>
        <translation>&amp;Nur Vorschau</translation>
    </message>
    <message>
        <source>Hide the docks and show the preview alone, or bring them back.</source>
        <translation>Die Bereiche ausblenden und nur die Vorschau zeigen, oder sie zurückholen.</translation>
    </message>
    <message>
        <source>Next &amp;panel</source>
        <translation>Nächster &amp;Bereich</translation>
    </message>
    <message>
        <source>Move the keyboard to the next panel.</source>
        <translation>Die Tastatur zum nächsten Bereich bewegen.</translation>
    </message>
    <message>
        <source>&amp;System</source>
        <translation>&amp;System</translation>
    </message>
    <message>
        <source>Use the system's language.</source>
        <translation>Die Sprache des Systems verwenden.</translation>
    </message>
    <message>
        <source>&amp;English</source>
        <translation>&amp;English</translation>
    </message>
    <message>
        <source>Use English.</source>
        <translation>Englisch verwenden.</translation>
    </message>
    <message>
        <source>&amp;Deutsch</source>
        <translation>&amp;Deutsch</translation>
    </message>
    <message>
        <source>Use German.</source>
        <translation>Deutsch verwenden.</translation>
    </message>
    <message>
        <source>&amp;Shortcut sheet</source>
        <translation>&amp;Kürzelübersicht</translation>
    </message>
    <message>
        <source>Show all shortcuts.</source>
        <translation>Alle Tastenkürzel zeigen.</translation>
    </message>
    <message>
        <source>&amp;Tour</source>
        <translation>&amp;Rundgang</translation>
    </message>
    <message>
        <source>Show the five steps from a portrait to a video.</source>
        <translation>Die fünf Schritte vom Porträt zum Video zeigen.</translation>
    </message>
    <message>
        <source>&amp;User guide</source>
        <translation>&amp;Handbuch</translation>
    </message>
    <message>
        <source>Open the user guide.</source>
        <translation>Das Handbuch öffnen.</translation>
    </message>
    <message>
        <source>Show the &amp;log folder</source>
        <translation>&amp;Protokollordner zeigen</translation>
    </message>
    <message>
        <source>Open the folder of the log files.</source>
        <translation>Den Ordner der Protokolldateien öffnen.</translation>
    </message>
    <message>
        <source>Keep my &amp;words in the log</source>
        <translation>Meine &amp;Wörter ins Protokoll schreiben</translation>
    </message>
    <message>
        <source>Let the log hold prompts and file names. Without this it never does.</source>
        <translation>Anweisungen und Dateinamen ins Protokoll schreiben. Ohne dies geschieht das nie.</translation>
    </message>
    <message>
        <source>&amp;Copy details for a report</source>
        <translation>&amp;Angaben für einen Bericht kopieren</translation>
    </message>
    <message>
        <source>Copy versions and the end of the log.</source>
        <translation>Versionen und das Ende des Protokolls kopieren.</translation>
    </message>
    <message>
        <source>&amp;About Versa Director</source>
        <translation>&amp;Über Versa Director</translation>
    </message>
    <message>
        <source>Show version, licences and weights.</source>
        <translation>Version, Lizenzen und Gewichte zeigen.</translation>
    </message>
</context>
<context>
    <name>Autosave</name>
    <message>
        <source>{0} is already open in another window.</source>
        <translation>{0} ist schon in einem anderen Fenster offen.</translation>
    </message>
    <message>
        <source>Unsaved work cannot be copied for the case of a crash; save it now and then. {0}</source>
        <translation>Nicht gespeicherte Arbeit kann nicht für den Fall eines Absturzes kopiert werden; speichern Sie sie hin und wieder. {0}</translation>
    </message>
</context>
<context>
    <name>ChoiceField</name>
    <message>
        <source>Several</source>
        <translation>Verschieden</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Command palette</source>
        <translation>Befehlsliste</translation>
    </message>
    <message>
        <source>Type what you want to do</source>
        <translation>Schreiben Sie, was Sie tun möchten</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Letters of the command's name; arrow keys choose, Enter runs</source>
        <translation>Buchstaben des Befehls; Pfeiltasten wählen, Enter führt aus</translation>
    </message>
    <message>
        <source>Commands that fit</source>
        <translation>Passende Befehle</translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>Something went wrong</source>
        <translation>Etwas ging schief</translation>
    </message>
    <message>
        <source>Something went wrong in the program</source>
        <translation>Im Programm ging etwas schief</translation>
    </message>
    <message>
        <source>Your project is still open, and its last state is kept in the recovery file. You can go on working; save under another name if something looks odd. Please report what happened with the details below.</source>
        <translation>Ihr Projekt ist noch offen, und sein letzter Stand liegt in der Wiederherstellungsdatei. Sie können weiterarbeiten; speichern Sie unter anderem Namen, falls etwas seltsam aussieht. Bitte melden Sie das Geschehene mit den Angaben unten.</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Where the error arose. Look through it before you send it to anyone.</source>
        <translation>Wo der Fehler entstand. Sehen Sie es durch, bevor Sie es jemandem schicken.</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Einzelheiten kopieren</translation>
    </message>
    <message>
        <source>Copy the details to the clipboard</source>
        <translation>Die Einzelheiten in die Zwischenablage kopieren</translation>
    </message>
    <message>
        <source>Show the log folder</source>
        <translation>Protokollordner zeigen</translation>
    </message>
    <message>
        <source>Open the folder of the log files</source>
        <translation>Den Ordner der Protokolldateien öffnen</translation>
    </message>
</context>
<context>
    <name>CurvesView</name>
    <message>
        <source>Curves of speech and motion</source>
        <translation>Kurven von Sprache und Bewegung</translation>
    </message>
    <message>
        <source>Click to move the playhead</source>
        <translation>Klicken setzt den Abspielkopf</translation>
    </message>
    <message>
        <source>Speech</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Wrists</source>
        <translation>Handgelenke</translation>
    </message>
    <message>
        <source>Feet</source>
        <translation>Füße</translation>
    </message>
    <message>
        <source>right</source>
        <translation>rechts</translation>
    </message>
    <message>
        <source>left</source>
        <translation>links</translation>
    </message>
</context>
<context>
    <name>EmotionEditor</name>
    <message>
        <source>Emotion</source>
        <translation type="unfinished">Gefühl</translation>
    </message>
    <message>
        <source>Emotion of the face</source>
        <translation>Gefühl des Gesichts</translation>
    </message>
</context>
<context>
    <name>EngineClient</name>
    <message>
        <source>The engine ended unexpectedly (%1)</source>
        <translation>Die Maschine endete unerwartet (%1)</translation>
    </message>
    <message>
        <source>%1; it is started again with your next edit.</source>
        <translation>%1; sie startet bei Ihrer nächsten Änderung wieder.</translation>
    </message>
    <message>
        <source>%1 and was started again.</source>
        <translation>%1 und wurde neu gestartet.</translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>; {0} more fields are wrong</source>
        <translation>; {0} weitere Felder sind falsch</translation>
    </message>
    <message>
        <source>A drawing needs a size of at least 1 pixel, not {0} x {1} with canvas {2}.</source>
        <translation>Eine Zeichnung braucht mindestens 1 Pixel Größe, nicht {0} x {1} mit Fläche {2}.</translation>
    </message>
    <message>
        <source>A stroke's kind must be "keep" or "remove", not {0}.</source>
        <translation>Die Art eines Pinselstrichs muss „keep“ oder „remove“ sein, nicht {0}.</translation>
    </message>
    <message>
        <source>A stroke's points must hold finite numbers only.</source>
        <translation>Die Punkte eines Pinselstrichs müssen endliche Zahlen sein.</translation>
    </message>
    <message>
        <source>A stroke's radius must be above 0, not {0}.</source>
        <translation>Der Radius eines Pinselstrichs muss über 0 liegen, nicht {0}.</translation>
    </message>
    <message>
        <source>An unexpected error ({0}: {1}); the log file has the details.</source>
        <translation>Ein unerwarteter Fehler ({0}: {1}); Einzelheiten stehen in der Protokolldatei.</translation>
    </message>
    <message>
        <source>HF_HUB_OFFLINE is set, so nothing is downloaded; unset it, or import the files instead</source>
        <translation>HF_HUB_OFFLINE ist gesetzt, darum wird nichts heruntergeladen; die Variable entfernen oder die Dateien importieren</translation>
    </message>
    <message>
        <source>No frame of the driving video shows exactly one person, so it cannot be fitted.</source>
        <translation>Kein Bild des Vorlagenvideos zeigt genau eine Person, darum lässt es sich nicht anpassen.</translation>
    </message>
    <message>
        <source>OpenCV's cascade {0} is missing; install opencv-python-headless 4.14 again.</source>
        <translation>Die OpenCV-Datei {0} fehlt; installieren Sie opencv-python-headless 4.14 neu.</translation>
    </message>
    <message>
        <source>PortAudio cannot be loaded: {0}</source>
        <translation>PortAudio lässt sich nicht laden: {0}</translation>
    </message>
    <message>
        <source>Rig field "face_box" lies outside the picture.</source>
        <translation>Das Rig-Feld „face_box“ liegt außerhalb des Bildes.</translation>
    </message>
    <message>
        <source>Rig field "face_box" needs a width and a height above 0 (it is x, y, width, height).</source>
        <translation>Das Rig-Feld „face_box“ braucht Breite und Höhe über 0 (es ist x, y, Breite, Höhe).</translation>
    </message>
    <message>
        <source>Rig field "format" must be "{0}", not {1}.</source>
        <translation>Das Rig-Feld „format“ muss „{0}“ sein, nicht {1}.</translation>
    </message>
    <message>
        <source>Rig field "image_size" must be width and height in whole pixels.</source>
        <translation>Das Rig-Feld „image_size“ muss Breite und Höhe in ganzen Pixeln sein.</translation>
    </message>
    <message>
        <source>Rig field "mouth" needs half a width above 0 (it is x, y, half width).</source>
        <translation>Das Rig-Feld „mouth“ braucht eine halbe Breite über 0 (es ist x, y, halbe Breite).</translation>
    </message>
    <message>
        <source>Rig field "sleeve" must be "none", "half" or "long", not {0}.</source>
        <translation>Das Rig-Feld „sleeve“ muss „none“, „half“ oder „long“ sein, nicht {0}.</translation>
    </message>
    <message>
        <source>Rig field "source" must be "proposed" or "user", not {0}.</source>
        <translation>Das Rig-Feld „source“ muss „proposed“ oder „user“ sein, nicht {0}.</translation>
    </message>
    <message>
        <source>Rig field "strokes" must be a list of brush strokes.</source>
        <translation>Das Rig-Feld „strokes“ muss eine Liste von Pinselstrichen sein.</translation>
    </message>
    <message>
        <source>Rig field "version" is {0}; this program reads version {1} only.</source>
        <translation>Das Rig-Feld „version“ ist {0}; dieses Programm liest nur Version {1}.</translation>
    </message>
    <message>
        <source>Rig field "{0}" has confidence {1}; it must lie in 0..1.</source>
        <translation>Das Rig-Feld „{0}“ hat die Sicherheit {1}; sie muss zwischen 0 und 1 liegen.</translation>
    </message>
    <message>
        <source>Rig field "{0}" holds {1}, which is no pixel position.</source>
        <translation>Das Rig-Feld „{0}“ enthält {1}; das ist keine Pixelposition.</translation>
    </message>
    <message>
        <source>Rig field "{0}" must be a list of {1} numbers.</source>
        <translation>Das Rig-Feld „{0}“ muss eine Liste von {1} Zahlen sein.</translation>
    </message>
    <message>
        <source>Rig field "{0}" must hold finite numbers, not {1}.</source>
        <translation>Das Rig-Feld „{0}“ muss endliche Zahlen enthalten, nicht {1}.</translation>
    </message>
    <message>
        <source>Rig field "{0}.kind" must be "keep" or "remove", not {1}.</source>
        <translation>Das Rig-Feld „{0}.kind“ muss „keep“ oder „remove“ sein, nicht {1}.</translation>
    </message>
    <message>
        <source>Rig field "{0}.points" must be a list of at least one point.</source>
        <translation>Das Rig-Feld „{0}.points“ muss eine Liste mit mindestens einem Punkt sein.</translation>
    </message>
    <message>
        <source>Rig field "{0}.radius" must be above 0, not {1}.</source>
        <translation>Das Rig-Feld „{0}.radius“ muss über 0 liegen, nicht {1}.</translation>
    </message>
    <message>
        <source>Rig: {0} has an unknown field "{1}".</source>
        <translation>Rig: {0} hat ein unbekanntes Feld „{1}“.</translation>
    </message>
    <message>
        <source>Rig: {0} lacks the field "{1}".</source>
        <translation>Rig: In {0} fehlt das Feld „{1}“.</translation>
    </message>
    <message>
        <source>Rig: {0} must be an object with named fields, not {1}.</source>
        <translation>Rig: {0} muss ein Objekt mit benannten Feldern sein, nicht {1}.</translation>
    </message>
    <message>
        <source>The colour profile of {0} cannot be used, so its colours may look different.</source>
        <translation>Das Farbprofil von {0} ist nicht verwendbar, die Farben können anders aussehen.</translation>
    </message>
    <message>
        <source>The memory is not enough; close other programs, or render smaller or shorter pieces.</source>
        <translation>Der Speicher reicht nicht; schließen Sie andere Programme oder rendern Sie kleinere oder kürzere Stücke.</translation>
    </message>
    <message>
        <source>The motion's joints hold values that are not finite numbers; generate the motion again.</source>
        <translation>Die Gelenke der Bewegung enthalten Werte, die keine endlichen Zahlen sind; erzeugen Sie die Bewegung neu.</translation>
    </message>
    <message>
        <source>The picture is fully transparent; there is nothing to see in it.</source>
        <translation>Das Bild ist völlig durchsichtig; es ist nichts darauf zu sehen.</translation>
    </message>
    <message>
        <source>The picture {0} cannot be opened: {1}.</source>
        <translation>Das Bild {0} lässt sich nicht öffnen: {1}.</translation>
    </message>
    <message>
        <source>The picture {0} does not exist.</source>
        <translation>Das Bild {0} gibt es nicht.</translation>
    </message>
    <message>
        <source>The reference picture shows no head, trunk or leg to fit the driving video to.</source>
        <translation>Das Referenzbild zeigt weder Kopf noch Rumpf noch Bein, an die sich das Vorlagenvideo anpassen ließe.</translation>
    </message>
    <message>
        <source>The reference picture shows no person to fit the driving video to.</source>
        <translation>Das Referenzbild zeigt keine Person, an die sich das Vorlagenvideo anpassen ließe.</translation>
    </message>
    <message>
        <source>The render process cannot be started: {0}.</source>
        <translation>Der Render-Prozess lässt sich nicht starten: {0}.</translation>
    </message>
    <message>
        <source>The render process ended unexpectedly ({0}); finished pieces are kept, try again.</source>
        <translation>Der Render-Prozess endete unerwartet ({0}); fertige Stücke bleiben erhalten, versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The render queue cannot be used ({0}); start the program again.</source>
        <translation>Die Render-Warteschlange ist nicht benutzbar ({0}); starten Sie das Programm neu.</translation>
    </message>
    <message>
        <source>The rig is not JSON (line {0}, column {1}).</source>
        <translation>Das Rig ist kein JSON (Zeile {0}, Spalte {1}).</translation>
    </message>
    <message>
        <source>The rig's sleeve must be "none", "half" or "long", not {0}.</source>
        <translation>Die Ärmellänge des Rigs muss „none“, „half“ oder „long“ sein, nicht {0}.</translation>
    </message>
    <message>
        <source>The rig's {0} must hold finite numbers only.</source>
        <translation>Im Rig darf {0} nur endliche Zahlen enthalten.</translation>
    </message>
    <message>
        <source>The translation mode must be "bank" or "direct", not {0}.</source>
        <translation>Die Art der Posen muss „bank“ oder „direct“ sein, nicht {0}.</translation>
    </message>
    <message>
        <source>The {0} mask must have the picture's size {1}, not {2}.</source>
        <translation>Die Maske {0} muss so groß wie das Bild sein ({1}), nicht {2}.</translation>
    </message>
    <message>
        <source>There is no body model at {0}. Get SMPL-X from smpl-x.is.tue.mpg.de and choose SMPLX_NEUTRAL.npz.</source>
        <translation>Unter {0} liegt kein Körpermodell. SMPL-X gibt es bei smpl-x.is.tue.mpg.de; wählen Sie SMPLX_NEUTRAL.npz.</translation>
    </message>
    <message>
        <source>a finished chunk vanished from the cache while it was needed; start the render again</source>
        <translation>ein fertiges Stück verschwand aus dem Zwischenspeicher, während es gebraucht wurde; starten Sie das Rendern noch einmal</translation>
    </message>
    <message>
        <source>a frame needs at least one pixel, not {0} x {1}; choose a larger output size</source>
        <translation>ein Bild braucht mindestens ein Pixel, nicht {0} x {1}; wählen Sie eine größere Ausgabe</translation>
    </message>
    <message>
        <source>a frame rate of {0} is not possible; choose {1} to {2}</source>
        <translation>eine Bildrate von {0} geht nicht; wählen Sie {1} bis {2}</translation>
    </message>
    <message>
        <source>a prompt must end after it starts, not {0} to {1} s: {2}</source>
        <translation>ein Prompt muss nach seinem Anfang enden, nicht {0} bis {1} s: {2}</translation>
    </message>
    <message>
        <source>a quality (crf) of {0} is not possible; choose 0 (lossless) to 51</source>
        <translation>eine Qualität (crf) von {0} geht nicht; wählen Sie 0 (verlustfrei) bis 51</translation>
    </message>
    <message>
        <source>a video of {0} x {1} at {2} fps cannot be made; use 16 x 16 or more</source>
        <translation>ein Video von {0} x {1} mit {2} B/s geht nicht; nehmen Sie 16 x 16 oder mehr</translation>
    </message>
    <message>
        <source>a video of {0} x {1} pixels is more than H.264 allows ({2} a side, {3} million in all); choose a smaller height</source>
        <translation>ein Video von {0} x {1} Pixeln ist mehr, als H.264 erlaubt ({2} je Seite, {3} Millionen insgesamt); wählen Sie eine kleinere Höhe</translation>
    </message>
    <message>
        <source>a video of {0} x {1} pixels is too small; {2} x {3} is the least</source>
        <translation>ein Video von {0} x {1} Pixeln ist zu klein; {2} x {3} ist das Kleinste</translation>
    </message>
    <message>
        <source>active_take is {0} but the segment has {1} takes</source>
        <translation>active_take ist {0}, aber das Segment hat {1} Takes</translation>
    </message>
    <message>
        <source>audio</source>
        <translation>Die Aufnahme</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>geändert</translation>
    </message>
    <message>
        <source>deleted</source>
        <translation>gelöscht</translation>
    </message>
    <message>
        <source>exit status {0}</source>
        <translation>Endestatus {0}</translation>
    </message>
    <message>
        <source>in the prompt {0}: {1}</source>
        <translation>im Prompt {0}: {1}</translation>
    </message>
    <message>
        <source>it holds a program (TorchScript), not only tensors</source>
        <translation>die Datei enthält ein Programm (TorchScript) und nicht nur Tensoren</translation>
    </message>
    <message>
        <source>it holds a {0} under {1}, not a tensor</source>
        <translation>die Datei enthält unter {1} den Typ {0} statt eines Tensors</translation>
    </message>
    <message>
        <source>it holds a {0}, not a dictionary of tensors</source>
        <translation>die Datei enthält den Typ {0} statt eines Dictionarys mit Tensoren</translation>
    </message>
    <message>
        <source>it holds {0} pickles instead of one</source>
        <translation>die Datei enthält {0} Pickles statt eines einzigen</translation>
    </message>
    <message>
        <source>it is no checkpoint of torch, or it is cut short ({0})</source>
        <translation>die Datei ist kein Checkpoint von torch, oder sie ist abgeschnitten ({0})</translation>
    </message>
    <message>
        <source>its pickle is larger than that of any known network</source>
        <translation>ihr Pickle ist größer als das jedes bekannten Netzes</translation>
    </message>
    <message>
        <source>joined</source>
        <translation>verbunden</translation>
    </message>
    <message>
        <source>markers must be in time order: {0} s comes too late</source>
        <translation>Marken müssen nach der Zeit geordnet sein: {0} s kommt zu spät</translation>
    </message>
    <message>
        <source>moved</source>
        <translation>verschoben</translation>
    </message>
    <message>
        <source>no T2M-GPT weights are bundled; import a checkpoint with `python -m models.t2mgpt`</source>
        <translation>Gewichte für T2M-GPT sind nicht dabei; einen Checkpoint mit `python -m models.t2mgpt` importieren</translation>
    </message>
    <message>
        <source>no exit status</source>
        <translation>kein Endestatus</translation>
    </message>
    <message>
        <source>no segment</source>
        <translation>kein Segment</translation>
    </message>
    <message>
        <source>no segment is selected</source>
        <translation>es ist kein Segment ausgewählt</translation>
    </message>
    <message>
        <source>no sound device can be opened: {0}</source>
        <translation>kein Tongerät lässt sich öffnen: {0}</translation>
    </message>
    <message>
        <source>no weights; Apache-2.0 code</source>
        <translation>keine Gewichte; Code unter Apache-2.0</translation>
    </message>
    <message>
        <source>nothing follows the segment {0} in its track, so it cannot be joined</source>
        <translation>dem Segment {0} folgt in seiner Spur nichts, darum lässt es sich nicht verbinden</translation>
    </message>
    <message>
        <source>portrait</source>
        <translation>Das Portrait</translation>
    </message>
    <message>
        <source>prompts overlap: {0}-{1} s and {2}-{3} s</source>
        <translation>Prompts überlappen sich: {0}-{1} s und {2}-{3} s</translation>
    </message>
    <message>
        <source>rig file</source>
        <translation>Die Rig-Datei</translation>
    </message>
    <message>
        <source>segment {0}</source>
        <translation>Segment {0}</translation>
    </message>
    <message>
        <source>segments must be in time order: {0} comes after {1}</source>
        <translation>Segmente müssen nach der Zeit geordnet sein: {0} kommt nach {1}</translation>
    </message>
    <message>
        <source>signal {0}</source>
        <translation>Signal {0}</translation>
    </message>
    <message>
        <source>split</source>
        <translation>geteilt</translation>
    </message>
    <message>
        <source>the backend {0} makes {1} frames a second only; ask for --fps {2}</source>
        <translation>der Renderer {0} macht nur {1} Bilder in der Sekunde; wählen Sie die Bildrate {2}</translation>
    </message>
    <message>
        <source>the card's memory is too small for pictures even in bands; the processor makes them (slow)</source>
        <translation>der Speicher der Grafikkarte reicht auch für Bilder in Streifen nicht; der Prozessor macht sie (langsam)</translation>
    </message>
    <message>
        <source>the channels are out of phase and erase each other: channel {0} is used alone</source>
        <translation>die Kanäle sind gegenphasig und löschen sich aus: nur Kanal {0} wird benutzt</translation>
    </message>
    <message>
        <source>the checkpoint does not fit a T2M-GPT tokenizer in its part {0}</source>
        <translation>der Checkpoint passt im Teil {0} nicht zu einem T2M-GPT-Tokenizer</translation>
    </message>
    <message>
        <source>the checkpoint has no {0}; it is no T2M-GPT tokenizer</source>
        <translation>im Checkpoint fehlt {0}; er ist kein T2M-GPT-Tokenizer</translation>
    </message>
    <message>
        <source>the checkpoint holds values that are not numbers in its part {0}</source>
        <translation>der Checkpoint enthält in seinem Teil {0} Werte, die keine Zahlen sind</translation>
    </message>
    <message>
        <source>the checkpoint holds {0}, which a tokenizer of {1} halvings does not have</source>
        <translation>der Checkpoint enthält {0}; das hat ein Tokenizer mit {1} Halbierungen nicht</translation>
    </message>
    <message>
        <source>the checkpoint holds {0}, which no T2M-GPT tokenizer has</source>
        <translation>der Checkpoint enthält {0}; das hat kein T2M-GPT-Tokenizer</translation>
    </message>
    <message>
        <source>the checkpoint takes {0} features a frame, not {1}; only those for HumanML3D fit</source>
        <translation>der Checkpoint erwartet {0} Merkmale je Bild, nicht {1}; nur solche für HumanML3D passen</translation>
    </message>
    <message>
        <source>the clipboard holds no segments</source>
        <translation>die Zwischenablage enthält keine Segmente</translation>
    </message>
    <message>
        <source>the clipboard holds no usable segments ({0}: {1})</source>
        <translation>die Zwischenablage enthält keine brauchbaren Segmente ({0}: {1})</translation>
    </message>
    <message>
        <source>the clipboard holds segments of a newer version of the program</source>
        <translation>die Zwischenablage enthält Segmente einer neueren Version des Programms</translation>
    </message>
    <message>
        <source>the clipboard holds too much to be segments</source>
        <translation>die Zwischenablage enthält zu viel, um Segmente zu sein</translation>
    </message>
    <message>
        <source>the decoded sound in {0} was removed or damaged while it was written; try again</source>
        <translation>der dekodierte Ton in {0} wurde beim Schreiben entfernt oder beschädigt; versuchen Sie es noch einmal</translation>
    </message>
    <message>
        <source>the disk of {0} is full; what arrived of {1} ({2}) is kept, free some and go on</source>
        <translation>der Datenträger von {0} ist voll; was von {1} ankam ({2}), bleibt erhalten: Platz schaffen und weitermachen</translation>
    </message>
    <message>
        <source>the field is empty; {0}</source>
        <translation>das Feld ist leer; {0}</translation>
    </message>
    <message>
        <source>the files of the package {0} are missing or damaged; install it again: python3 -m pip install --force-reinstall {1}=={2}</source>
        <translation>die Dateien des Pakets {0} fehlen oder sind beschädigt; neu installieren: python3 -m pip install --force-reinstall {1}=={2}</translation>
    </message>
    <message>
        <source>the folder {0} cannot be locked</source>
        <translation>der Ordner {0} lässt sich nicht sperren</translation>
    </message>
    <message>
        <source>the folder {0} cannot be written; choose another one</source>
        <translation>in den Ordner {0} lässt sich nicht schreiben; wählen Sie einen anderen</translation>
    </message>
    <message>
        <source>the folder {0} does not exist; create it first</source>
        <translation>den Ordner {0} gibt es nicht; legen Sie ihn zuerst an</translation>
    </message>
    <message>
        <source>the hub does not know your token, or has no {0}; make a new read token at {1}/settings/tokens</source>
        <translation>der Hub kennt das Token nicht oder hat {0} nicht; unter {1}/settings/tokens ein neues Lese-Token anlegen</translation>
    </message>
    <message>
        <source>the id {0} is used twice</source>
        <translation>die Kennung {0} kommt zweimal vor</translation>
    </message>
    <message>
        <source>the key {0} stands twice in one object</source>
        <translation>der Schlüssel {0} steht zweimal in einem Objekt</translation>
    </message>
    <message>
        <source>the length of the recording is not known yet; open the project and wait a moment</source>
        <translation>die Länge der Aufnahme ist noch nicht bekannt; öffnen Sie das Projekt und warten Sie einen Augenblick</translation>
    </message>
    <message>
        <source>the mirror {0} must begin with https:// (or http:// in your own network)</source>
        <translation>der Spiegelserver {0} muss mit https:// beginnen (oder mit http:// im eigenen Netz)</translation>
    </message>
    <message>
        <source>the models folder {0} cannot be made: {1}</source>
        <translation>der Modellordner {0} lässt sich nicht anlegen: {1}</translation>
    </message>
    <message>
        <source>the models folder {0} cannot be written: {1}</source>
        <translation>in den Modellordner {0} lässt sich nicht schreiben: {1}</translation>
    </message>
    <message>
        <source>the models folder {0} cannot be written; choose another one</source>
        <translation>in den Modellordner {0} lässt sich nicht schreiben; einen anderen wählen</translation>
    </message>
    <message>
        <source>the models folder {0} must be a full path</source>
        <translation>der Modellordner {0} muss ein vollständiger Pfad sein</translation>
    </message>
    <message>
        <source>the motion networks changed tokens outside {0}..{1}; the motion was kept</source>
        <translation>die Bewegungsnetze änderten Token außerhalb von {0}..{1}; die Bewegung blieb, wie sie war</translation>
    </message>
    <message>
        <source>the motion weights do not know how to do what the prompt "{0}" asks for; what they know sounds like this at most: {1}</source>
        <translation>die Bewegungsgewichte wissen nicht, wie das geht, was der Prompt „{0}“ verlangt; was sie kennen, klingt höchstens so: {1}</translation>
    </message>
    <message>
        <source>the picture lasts {0} s ({1} frames) and the sound {2} s; they must not differ by more than one frame</source>
        <translation>das Bild dauert {0} s ({1} Bilder) und der Ton {2} s; sie dürfen sich um höchstens ein Bild unterscheiden</translation>
    </message>
    <message>
        <source>the pose sequence is empty; generate the motion again</source>
        <translation>die Posenfolge ist leer; erzeugen Sie die Bewegung neu</translation>
    </message>
    <message>
        <source>the project has no motion to compare with</source>
        <translation>das Projekt hat keine Bewegung zum Vergleichen</translation>
    </message>
    <message>
        <source>the prompt {0} ends at {1} s but starts at {2} s; it must end later</source>
        <translation>der Prompt {0} endet bei {1} s, beginnt aber bei {2} s; er muss später enden</translation>
    </message>
    <message>
        <source>the prompt {0} has no text after the colon; write it like {1}</source>
        <translation>der Prompt {0} hat keinen Text nach dem Doppelpunkt; schreiben Sie ihn wie {1}</translation>
    </message>
    <message>
        <source>the prompt {0} has {1} characters; {2} are the most that fit</source>
        <translation>der Prompt {0} hat {1} Zeichen; {2} sind das Höchste</translation>
    </message>
    <message>
        <source>the prompt {0} is not of the form START-END: TEXT; write it like {1}</source>
        <translation>der Prompt {0} hat nicht die Form ANFANG-ENDE: TEXT; schreiben Sie ihn wie {1}</translation>
    </message>
    <message>
        <source>the prompt {0} must be one line of plain text</source>
        <translation>der Prompt {0} muss eine Zeile einfacher Text sein</translation>
    </message>
    <message>
        <source>the prompt {0} runs past the end of the audio ({1} s); make it end earlier</source>
        <translation>der Prompt {0} reicht über das Ende der Aufnahme ({1} s); lassen Sie ihn früher enden</translation>
    </message>
    <message>
        <source>the prompts {0} and {1} overlap from {2} to {3} s; move one of them, or give them different parts of the body</source>
        <translation>die Prompts {0} und {1} überlappen sich von {2} bis {3} s; einen davon verschieben oder ihnen verschiedene Teile des Körpers geben</translation>
    </message>
    <message>
        <source>{0} is no option; write strength=0..2, seed=0..{1} or a part of the body ({2}), each once</source>
        <translation>{0} ist keine Option; strength=0..2, seed=0..{1} oder einen Teil des Körpers ({2}) schreiben, jedes nur einmal</translation>
    </message>
    <message>
        <source>the recording holds no frame of speech features</source>
        <translation>die Aufnahme ist zu kurz für Sprachmerkmale</translation>
    </message>
    <message>
        <source>a tile of {0} frames holds nothing besides the reference; choose 2 or more</source>
        <translation>eine Kachel von {0} Bildern fasst nichts außer dem Referenzbild; 2 oder mehr wählen</translation>
    </message>
    <message>
        <source>an overlap of {0} in tiles of {1} makes no progress; choose less</source>
        <translation>mit einer Überlappung von {0} in Kacheln von {1} geht es nicht voran; weniger wählen</translation>
    </message>
    <message>
        <source>an overlap of {0} leaves {1} of {2} frames (first frame {3}) without a prediction, because every tile begins with the reference frame; choose 1 or more</source>
        <translation>bei einer Überlappung von {0} bleiben {1} von {2} Bildern (das erste ist Bild {3}) ohne Vorhersage, weil jede Kachel mit dem Referenzbild beginnt; 1 oder mehr wählen</translation>
    </message>
    <message>
        <source>face controls were given to a backbone without a face adapter</source>
        <translation>ein Backbone ohne Gesichtsadapter bekam eine Gesichtssteuerung</translation>
    </message>
    <message>
        <source>guidance from {0} down to {1}: with a maximum of 1 or less there is no guidance at all; choose a maximum above 1, or both at 1</source>
        <translation>Führung von {0} bis hinunter zu {1}: bei einem Höchstwert von 1 oder weniger gibt es gar keine Führung; einen Höchstwert über 1 wählen oder beide auf 1 setzen</translation>
    </message>
    <message>
        <source>margin and context of a unit must be 1 frame or more</source>
        <translation>Rand und Kontext einer Einheit müssen mindestens 1 Bild lang sein</translation>
    </message>
    <message>
        <source>no sound card: silent clock</source>
        <translation>keine Soundkarte: stille Uhr</translation>
    </message>
    <message>
        <source>noise augmentation needs noise of the picture's size</source>
        <translation>die Rauschzugabe braucht Rauschen in der Größe des Bildes</translation>
    </message>
    <message>
        <source>rtmlib cannot find the portrait's pose with the files in {0}: {1}</source>
        <translation>rtmlib findet die Pose des Porträts mit den Dateien in {0} nicht: {1}</translation>
    </message>
    <message>
        <source>steps take {0} times longer than before: the card's memory is probably full and spills into the system's; close other programs or choose a smaller profile</source>
        <translation>die Schritte dauern {0}-mal so lange wie vorher: der Speicher der Grafikkarte ist wohl voll und weicht in den Arbeitsspeicher aus; andere Programme schließen oder ein kleineres Profil wählen</translation>
    </message>
    <message>
        <source>the audio window holds {0} features, but the face adapter was made for {1}</source>
        <translation>das Audiofenster enthält {0} Merkmale, der Gesichtsadapter ist aber für {1} gemacht</translation>
    </message>
    <message>
        <source>the backend draft has no options; leave out {0}</source>
        <translation>der Renderer draft hat keine Optionen; {0} weglassen</translation>
    </message>
    <message>
        <source>the card's memory is too small for tiles of {0} frames at {1} x {2} pixels; choose a smaller profile, tile or size</source>
        <translation>der Speicher der Grafikkarte reicht nicht für Kacheln von {0} Bildern mit {1} x {2} Pixeln; ein kleineres Profil, eine kleinere Kachel oder Größe wählen</translation>
    </message>
    <message>
        <source>the card's memory is too small for whole pictures; they are made in bands</source>
        <translation>der Speicher der Grafikkarte reicht nicht für ganze Bilder; sie werden in Streifen gemacht</translation>
    </message>
    <message>
        <source>the card's memory ran out; going on with {0}</source>
        <translation>der Speicher der Grafikkarte ging aus; weiter mit {0}</translation>
    </message>
    <message>
        <source>the decoder overflowed in half precision; decoding in float32</source>
        <translation>der Decoder lief bei halber Genauigkeit über; dekodiert wird in float32</translation>
    </message>
    <message>
        <source>the drawn poses are smaller than {0} pixels</source>
        <translation>die gezeichneten Posen sind kleiner als {0} Pixel</translation>
    </message>
    <message>
        <source>the face adapter's config has unknown fields: {0}</source>
        <translation>die Konfiguration des Gesichtsadapters hat unbekannte Felder: {0}</translation>
    </message>
    <message>
        <source>the face mask has {0} cells, the latents {1}</source>
        <translation>die Gesichtsmaske hat {0} Zellen, die Latents haben {1}</translation>
    </message>
    <message>
        <source>the face network gives {0} numbers, not {1}; choose another one</source>
        <translation>das Gesichtsnetz liefert {0} Zahlen, nicht {1}; ein anderes wählen</translation>
    </message>
    <message>
        <source>the generator wants audio features of {0} numbers, but {1} gives {2}; use the encoder's weights that the generator was trained with</source>
        <translation>der Generator erwartet Sprachmerkmale mit {0} Zahlen, {1} liefert aber {2}; verwenden Sie die Gewichte des Encoders, mit denen der Generator trainiert wurde</translation>
    </message>
    <message>
        <source>the generator wants text vectors of {0} numbers, but {1} gives {2}; use the encoder's weights that the generator was trained with</source>
        <translation>der Generator erwartet Textvektoren mit {0} Zahlen, {1} liefert aber {2}; verwenden Sie die Gewichte des Encoders, mit denen der Generator trainiert wurde</translation>
    </message>
    <message>
        <source>the prompt "{0}" is for the {1} but names the {2} one, of which nothing is shown; change its words or the part of the body</source>
        <translation>der Prompt „{0}“ ist für „{1}“, nennt aber die andere Seite ({2}), von der nichts gezeigt wird; seine Worte oder den Körperteil ändern</translation>
    </message>
    <message>
        <source>the recording is another one than the stored motion was made for; all motion is made anew</source>
        <translation>die Aufnahme ist eine andere als die, für die die Bewegung gemacht wurde; alle Bewegung entsteht neu</translation>
    </message>
    <message>
        <source>the recording needs {0} tokens, not {1}</source>
        <translation>die Aufnahme braucht {0} Token, nicht {1}</translation>
    </message>
    <message>
        <source>the renderer {0} made {1} frames of {2}; report it</source>
        <translation>der Renderer {0} machte {1} von {2} Bildern; melden Sie das</translation>
    </message>
    <message>
        <source>the rig file {0} cannot be read: {1}</source>
        <translation>die Rig-Datei {0} ist nicht lesbar: {1}</translation>
    </message>
    <message>
        <source>the seed {0} is above {1}</source>
        <translation>der Seed {0} liegt über {1}</translation>
    </message>
    <message>
        <source>the segment {0} cannot be changed: {1}</source>
        <translation>das Segment {0} lässt sich nicht ändern: {1}</translation>
    </message>
    <message>
        <source>the segment {0} cannot be moved to {1}-{2} s: times run from 0 to {3} s</source>
        <translation>das Segment {0} lässt sich nicht nach {1}-{2} s verschieben: Zeiten gehen von 0 bis {3} s</translation>
    </message>
    <message>
        <source>the segment {0} cannot be trimmed to {1}-{2} s: it must start at 0 s or later and end after it starts</source>
        <translation>das Segment {0} lässt sich nicht auf {1}-{2} s kürzen: es muss bei 0 s oder später beginnen und nach seinem Anfang enden</translation>
    </message>
    <message>
        <source>the segment {0} directs the face alone and has no takes of motion</source>
        <translation>das Segment {0} lenkt nur das Gesicht und hat keine Takes der Bewegung</translation>
    </message>
    <message>
        <source>the segment {0} has no selected neighbour to be joined with</source>
        <translation>das Segment {0} hat keinen ausgewählten Nachbarn zum Verbinden</translation>
    </message>
    <message>
        <source>the segment {0} has {1} takes; there is no take {2}</source>
        <translation>das Segment {0} hat {1} Takes; einen Take {2} gibt es nicht</translation>
    </message>
    <message>
        <source>the segment {0} is locked and cannot be changed; unlock it first</source>
        <translation>das Segment {0} ist gesperrt und lässt sich nicht ändern; entsperren Sie es zuerst</translation>
    </message>
    <message>
        <source>the segment {0} is locked and cannot be {1}; unlock it first</source>
        <translation>das Segment {0} ist gesperrt und kann nicht {1} werden; entsperren Sie es zuerst</translation>
    </message>
    <message>
        <source>the segment {0} is of kind {1} and does not fit a track of kind {2}</source>
        <translation>das Segment {0} ist von der Art {1} und passt nicht in eine Spur der Art {2}</translation>
    </message>
    <message>
        <source>the segment {0} lies between those to be joined; select it too or move it away</source>
        <translation>das Segment {0} liegt zwischen denen, die verbunden werden sollen; wählen Sie es mit aus oder schieben Sie es weg</translation>
    </message>
    <message>
        <source>the segment {0} must end after it starts</source>
        <translation>das Segment {0} muss nach seinem Anfang enden</translation>
    </message>
    <message>
        <source>the segment {0} runs past the end of the audio ({1} s)</source>
        <translation>das Segment {0} reicht über das Ende der Aufnahme ({1} s)</translation>
    </message>
    <message>
        <source>the segment {0} would end after the longest time</source>
        <translation>das Segment {0} würde nach der längsten Zeit enden</translation>
    </message>
    <message>
        <source>the segment {0} would overlap the segment {1}</source>
        <translation>das Segment {0} würde das Segment {1} überlappen</translation>
    </message>
    <message>
        <source>the segment {0} would run past the end of the audio ({1} s)</source>
        <translation>das Segment {0} würde über das Ende der Aufnahme reichen ({1} s)</translation>
    </message>
    <message>
        <source>the segments {0} and {1} overlap</source>
        <translation>die Segmente {0} und {1} überlappen sich</translation>
    </message>
    <message>
        <source>the stored motion was made by the weights {0} and the installed ones are {1}; all motion is made anew</source>
        <translation>die gespeicherte Bewegung entstand mit den Gewichten {0}, installiert sind {1}; alle Bewegung entsteht neu</translation>
    </message>
    <message>
        <source>the strength {0} is above 2</source>
        <translation>die Stärke {0} liegt über 2</translation>
    </message>
    <message>
        <source>the stretch from {0} to {1} s is empty; the motion runs from 0 to {2} s</source>
        <translation>der Abschnitt von {0} bis {1} s ist leer; die Bewegung geht von 0 bis {2} s</translation>
    </message>
    <message>
        <source>the stretch from {0} to {1} s is empty; the recording runs from 0 to {2} s</source>
        <translation>der Abschnitt von {0} bis {1} s ist leer; die Aufnahme geht von 0 bis {2} s</translation>
    </message>
    <message>
        <source>the time {0} has more than six decimals</source>
        <translation>die Zeit {0} hat mehr als sechs Nachkommastellen</translation>
    </message>
    <message>
        <source>the time {0} is longer than {1} hours</source>
        <translation>die Zeit {0} ist länger als {1} Stunden</translation>
    </message>
    <message>
        <source>the track {0} is locked; unlock it first</source>
        <translation>die Spur {0} ist gesperrt; entsperren Sie sie zuerst</translation>
    </message>
    <message>
        <source>the versa backend has no option {0}; it has: {1}</source>
        <translation>der Renderer versa hat keine Option {0}; es gibt: {1}</translation>
    </message>
    <message>
        <source>the video has no frames</source>
        <translation>das Video hat keine Bilder</translation>
    </message>
    <message>
        <source>the weights {0} are missing; name their place with --base and --checkpoint, or {1}</source>
        <translation>die Gewichte {0} fehlen; ihren Ort mit --base und --checkpoint angeben, oder: {1}</translation>
    </message>
    <message>
        <source>the weights {0} that come with the program are missing or damaged; install it again</source>
        <translation>die Gewichte {0}, die beim Programm dabei sind, fehlen oder sind beschädigt; das Programm neu installieren</translation>
    </message>
    <message>
        <source>the {0} {1} cannot be read: {2}</source>
        <translation>{0} {1} ist nicht lesbar: {2}</translation>
    </message>
    <message>
        <source>the {0} {1} is missing; put it back, or correct the path in the project file</source>
        <translation>{0} {1} fehlt; legen Sie die Datei zurück, oder sagen Sie unter Datei &gt; Fehlende Medien suchen, wo sie jetzt liegt</translation>
    </message>
    <message>
        <source>there are no poses to draw; make the motion first</source>
        <translation>es gibt keine Posen zum Zeichnen; erzeugen Sie zuerst die Bewegung</translation>
    </message>
    <message>
        <source>there are no weights {0}; there are: {1}</source>
        <translation>Gewichte {0} gibt es nicht; es gibt: {1}</translation>
    </message>
    <message>
        <source>there is already a marker with the id {0}</source>
        <translation>eine Marke mit der Kennung {0} gibt es schon</translation>
    </message>
    <message>
        <source>there is already a segment with the id {0}</source>
        <translation>ein Segment mit der Kennung {0} gibt es schon</translation>
    </message>
    <message>
        <source>there is already a track with the id {0}</source>
        <translation>eine Spur mit der Kennung {0} gibt es schon</translation>
    </message>
    <message>
        <source>there is no backend {0}; choose one of {1}</source>
        <translation>einen Renderer {0} gibt es nicht; wählen Sie einen von {1}</translation>
    </message>
    <message>
        <source>there is no checkpoint at {0}</source>
        <translation>unter {0} liegt kein Checkpoint</translation>
    </message>
    <message>
        <source>there is no device {0}; choose one of: {1}</source>
        <translation>ein Gerät {0} gibt es nicht; eines wählen von: {1}</translation>
    </message>
    <message>
        <source>there is no marker with the id {0}</source>
        <translation>eine Marke mit der Kennung {0} gibt es nicht</translation>
    </message>
    <message>
        <source>there is no open track of kind {0} to paste into; add or unlock one</source>
        <translation>es gibt keine offene Spur der Art {0} zum Einfügen; legen Sie eine an oder entsperren Sie eine</translation>
    </message>
    <message>
        <source>there is no piece of video to join</source>
        <translation>es gibt kein Stück Video zum Verbinden</translation>
    </message>
    <message>
        <source>there is no profile {0}; choose one of: {1}</source>
        <translation>ein Profil {0} gibt es nicht; eines wählen von: {1}</translation>
    </message>
    <message>
        <source>there is no segment with the id {0}</source>
        <translation>ein Segment mit der Kennung {0} gibt es nicht</translation>
    </message>
    <message>
        <source>there is no segment {0}; the project has {1}</source>
        <translation>ein Segment {0} gibt es nicht; das Projekt hat {1}</translation>
    </message>
    <message>
        <source>there is no track with the id {0}</source>
        <translation>eine Spur mit der Kennung {0} gibt es nicht</translation>
    </message>
    <message>
        <source>there is no video backend {0}; choose one of: {1}</source>
        <translation>einen Renderer {0} gibt es nicht; wählen Sie einen von: {1}</translation>
    </message>
    <message>
        <source>there is no {0} device that torch can use; choose --device cpu (very slow), or the backend draft</source>
        <translation>torch findet kein nutzbares Gerät {0}; --device cpu (sehr langsam) oder den Renderer draft wählen</translation>
    </message>
    <message>
        <source>there is no {0} encoder {1}; choose one of {2}</source>
        <translation>einen Encoder {1} (Art: {0}) gibt es nicht; wählen Sie einen von {2}</translation>
    </message>
    <message>
        <source>there is nothing to render from frame {0} to {1}</source>
        <translation>von Bild {0} bis {1} gibt es nichts zu rendern</translation>
    </message>
    <message>
        <source>tiles of {0} frames need about {1} GB, but {2} GB are {3}; choose a smaller size or tile, or a smaller profile</source>
        <translation>Kacheln von {0} Bildern brauchen etwa {1} GB, es gibt aber nur {2} GB ({3}); eine kleinere Größe oder Kachel oder ein kleineres Profil wählen</translation>
    </message>
    <message>
        <source>torch cannot read it ({0})</source>
        <translation>torch kann die Datei nicht lesen ({0})</translation>
    </message>
    <message>
        <source>trimmed</source>
        <translation>gekürzt</translation>
    </message>
    <message>
        <source>units of {0} frames are too short for a margin of {1} and a context of {2}; choose at least {3}</source>
        <translation>Einheiten von {0} Bildern sind zu kurz für einen Rand von {1} und einen Kontext von {2}; mindestens {3} wählen</translation>
    </message>
    <message>
        <source>your token's owner has no access to {0}; accept its terms at {1}</source>
        <translation>das Konto zum Token hat keinen Zugriff auf {0}; die Bedingungen unter {1} annehmen</translation>
    </message>
    <message>
        <source>{0} at {1} is not the known file (its checksum begins with {2}); nothing was loaded, use another mirror</source>
        <translation>{0} bei {1} ist nicht die bekannte Datei (ihre Prüfsumme beginnt mit {2}); nichts wurde geladen, einen anderen Spiegelserver verwenden</translation>
    </message>
    <message>
        <source>{0} cannot be converted to safetensors: the process ended with status {1}; is there enough memory?</source>
        <translation>{0} lässt sich nicht in safetensors umwandeln: der Prozess endete mit Status {1}; reicht der Speicher?</translation>
    </message>
    <message>
        <source>{0} cannot be converted to safetensors: the process gave no answer</source>
        <translation>{0} lässt sich nicht in safetensors umwandeln: der Prozess gab keine Antwort</translation>
    </message>
    <message>
        <source>{0} cannot be converted to safetensors: {1}</source>
        <translation>{0} lässt sich nicht in safetensors umwandeln: {1}</translation>
    </message>
    <message>
        <source>{0} cannot be loaded as CLIP: {1}</source>
        <translation>{0} kann nicht als CLIP geladen werden: {1}</translation>
    </message>
    <message>
        <source>{0} cannot be loaded as a face network: {1}</source>
        <translation>{0} lässt sich nicht als Gesichtsnetz laden: {1}</translation>
    </message>
    <message>
        <source>{0} cannot be loaded as wav2vec2: {1}</source>
        <translation>{0} lässt sich nicht als wav2vec2 laden: {1}</translation>
    </message>
    <message>
        <source>{0} cannot be loaded: {1}</source>
        <translation>{0} lässt sich nicht laden: {1}</translation>
    </message>
    <message>
        <source>{0} cannot be read ({1}); check its permissions</source>
        <translation>{0} ist nicht lesbar ({1}); prüfen Sie die Rechte</translation>
    </message>
    <message>
        <source>{0} cannot be read as .npy; copy it again from the folder `meta` of the weights</source>
        <translation>{0} lässt sich nicht als .npy lesen; kopieren Sie die Datei neu aus dem Ordner `meta` der Gewichte</translation>
    </message>
    <message>
        <source>{0} cannot be read as a checkpoint: {1}</source>
        <translation>{0} lässt sich nicht als Checkpoint lesen: {1}</translation>
    </message>
    <message>
        <source>{0} cannot be read as a checkpoint; give the published file, such as net_last.pth, or download it again</source>
        <translation>{0} lässt sich nicht als Checkpoint lesen; geben Sie die veröffentlichte Datei an, etwa net_last.pth, oder laden Sie sie neu herunter</translation>
    </message>
    <message>
        <source>{0} cannot be read as a picture: {1}</source>
        <translation>{0} lässt sich nicht als Bild lesen: {1}</translation>
    </message>
    <message>
        <source>{0} cannot be read as an SMPL-X model; fetch it again.</source>
        <translation>{0} lässt sich nicht als SMPL-X-Modell lesen; holen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>{0} cannot be read as weights; it is damaged or asks for more than tensors ({1})</source>
        <translation>{0} lässt sich nicht als Gewichte lesen; die Datei ist beschädigt oder verlangt mehr als Tensoren ({1})</translation>
    </message>
    <message>
        <source>{0} cannot be read or written: {1}</source>
        <translation>{0} lässt sich nicht lesen oder schreiben: {1}</translation>
    </message>
    <message>
        <source>{0} cannot be read: {1}</source>
        <translation>{0} lässt sich nicht lesen: {1}</translation>
    </message>
    <message>
        <source>{0} cannot be started: {1}</source>
        <translation>{0} lässt sich nicht starten: {1}</translation>
    </message>
    <message>
        <source>{0} cannot be written: {1}</source>
        <translation>{0} lässt sich nicht schreiben: {1}</translation>
    </message>
    <message>
        <source>{0} cannot be written: {1}; check the folder and the free space</source>
        <translation>{0} lässt sich nicht schreiben: {1}; prüfen Sie den Ordner und den freien Platz</translation>
    </message>
    <message>
        <source>{0} could not be written: {1}; check the free space</source>
        <translation>{0} ließ sich nicht schreiben: {1}; prüfen Sie den freien Platz</translation>
    </message>
    <message>
        <source>{0} does not answer as a hub does for {1}; check the address of the mirror</source>
        <translation>{0} antwortet für {1} nicht wie ein Hub; die Adresse des Spiegelservers prüfen</translation>
    </message>
    <message>
        <source>{0} does not answer as a hub does; check the address of the mirror</source>
        <translation>{0} antwortet nicht wie ein Hub; die Adresse des Spiegelservers prüfen</translation>
    </message>
    <message>
        <source>{0} does not exist</source>
        <translation>{0} gibt es nicht</translation>
    </message>
    <message>
        <source>{0} does not exist; choose a video file</source>
        <translation>{0} gibt es nicht; wählen Sie eine Videodatei</translation>
    </message>
    <message>
        <source>{0} does not exist; choose an audio file</source>
        <translation>{0} gibt es nicht; wählen Sie eine Tondatei</translation>
    </message>
    <message>
        <source>{0} does not fit into memory; scale the picture down first.</source>
        <translation>{0} passt nicht in den Speicher; verkleinern Sie das Bild zuerst.</translation>
    </message>
    <message>
        <source>{0} does not fit the network: missing {1}, unexpected {2}</source>
        <translation>{0} passt nicht zum Netz: es fehlt {1}, unerwartet ist {2}</translation>
    </message>
    <message>
        <source>{0} ended {1} too early</source>
        <translation>{0} brach {1} zu früh ab</translation>
    </message>
    <message>
        <source>{0} frames are fewer than a tile of {1}; choose a tile of at most {2}</source>
        <translation>{0} Bilder sind weniger als eine Kachel von {1}; eine Kachel von höchstens {2} wählen</translation>
    </message>
    <message>
        <source>{0} frames need {1} tokens, not {2}</source>
        <translation>{0} Bilder brauchen {1} Token, nicht {2}</translation>
    </message>
    <message>
        <source>{0} gives {1} of commit {2} instead of {3}; use another mirror</source>
        <translation>{0} liefert {1} aus Commit {2} statt {3}; einen anderen Spiegelserver verwenden</translation>
    </message>
    <message>
        <source>{0} has another skeleton than SMPL-X; choose SMPLX_NEUTRAL.npz.</source>
        <translation>{0} hat ein anderes Skelett als SMPL-X; wählen Sie SMPLX_NEUTRAL.npz.</translation>
    </message>
    <message>
        <source>{0} has no picture; choose a video file</source>
        <translation>{0} hat kein Bild; wählen Sie eine Videodatei</translation>
    </message>
    <message>
        <source>{0} has no sound; choose a recording, or a video file with an audio track</source>
        <translation>{0} hat keinen Ton; wählen Sie eine Aufnahme oder ein Video mit Tonspur</translation>
    </message>
    <message>
        <source>{0} has too many pixels{1}, more than {2} million; scale it down first.</source>
        <translation>{0} hat zu viele Pixel{1}, mehr als {2} Millionen; verkleinern Sie es zuerst.</translation>
    </message>
    <message>
        <source>{0} has {1} bytes at {2} instead of {3}; nothing was loaded, use another mirror</source>
        <translation>{0} hat {1} Byte bei {2} statt {3}; nichts wurde geladen, einen anderen Spiegelserver verwenden</translation>
    </message>
    <message>
        <source>{0} has {1} bytes instead of {2}; get it again</source>
        <translation>{0} hat {1} Byte statt {2}; die Datei noch einmal holen</translation>
    </message>
    <message>
        <source>{0} has {1} frames a second instead of {2}</source>
        <translation>{0} hat {1} Bilder in der Sekunde statt {2}</translation>
    </message>
    <message>
        <source>{0} hears the recording itself, but only its features were given; make them anew with `core.speech.speech_features`</source>
        <translation>{0} hört die Aufnahme selbst, es wurden aber nur ihre Merkmale übergeben; erzeugen Sie diese neu mit `core.speech.speech_features`</translation>
    </message>
    <message>
        <source>{0} holds 0 samples; choose another recording or export it again</source>
        <translation>{0} ist leer; wählen Sie eine andere Aufnahme oder exportieren Sie sie noch einmal</translation>
    </message>
    <message>
        <source>{0} holds no finite sample (all are NaN or infinite); export it again</source>
        <translation>{0} enthält keine gültigen Tonwerte; exportieren Sie sie noch einmal</translation>
    </message>
    <message>
        <source>{0} holds no sound that can be decoded{1}; choose another recording</source>
        <translation>{0} enthält keinen Ton, der sich dekodieren lässt{1}; wählen Sie eine andere Aufnahme</translation>
    </message>
    <message>
        <source>{0} holds no state dict; the published file has it under `net`</source>
        <translation>{0} enthält kein State-Dict; in der veröffentlichten Datei liegt es unter `net`</translation>
    </message>
    <message>
        <source>{0} holds no {1}.npy; give the folder `meta` that belongs to the weights</source>
        <translation>in {0} fehlt {1}.npy; den Ordner `meta` angeben, der zu den Gewichten gehört</translation>
    </message>
    <message>
        <source>{0} holds none of the files of {1}: {2}</source>
        <translation>{0} enthält keine der Dateien von {1}: {2}</translation>
    </message>
    <message>
        <source>{0} holds values that are not numbers</source>
        <translation>{0} enthält Werte, die keine Zahlen sind</translation>
    </message>
    <message>
        <source>{0} holds {1}, not {2}; give the folder of a {3}</source>
        <translation>{0} enthält {1}, nicht {2}; geben Sie den Ordner eines {3} an</translation>
    </message>
    <message>
        <source>{0} is a file; give --out the weights folder to write</source>
        <translation>{0} ist eine Datei; geben Sie mit --out den Ordner für die Gewichte an</translation>
    </message>
    <message>
        <source>{0} is a folder, not a picture.</source>
        <translation>{0} ist ein Ordner, kein Bild.</translation>
    </message>
    <message>
        <source>{0} is a folder; choose a video file</source>
        <translation>{0} ist ein Ordner; wählen Sie eine Videodatei</translation>
    </message>
    <message>
        <source>{0} is a folder; choose an audio file</source>
        <translation>{0} ist ein Ordner; wählen Sie eine Tondatei</translation>
    </message>
    <message>
        <source>{0} is a folder; give the name of a file</source>
        <translation>{0} ist ein Ordner; geben Sie den Namen einer Datei an</translation>
    </message>
    <message>
        <source>{0} is being worked on by another window or command; wait for it</source>
        <translation>an {0} arbeitet gerade ein anderes Fenster oder ein anderer Befehl; erst abwarten</translation>
    </message>
    <message>
        <source>{0} is damaged ({1} of {2} frames); render it again</source>
        <translation>{0} ist beschädigt ({1} von {2} Bildern); rendern Sie es noch einmal</translation>
    </message>
    <message>
        <source>{0} is damaged ({1}); make it again</source>
        <translation>{0} ist beschädigt ({1}); erzeugen Sie es neu</translation>
    </message>
    <message>
        <source>{0} is damaged or cut short and cannot be decoded; save or download it again.</source>
        <translation>{0} ist beschädigt oder abgeschnitten und nicht lesbar; speichern oder laden Sie es noch einmal.</translation>
    </message>
    <message>
        <source>{0} is damaged or missing: {1}</source>
        <translation>{0} ist beschädigt oder fehlt: {1}</translation>
    </message>
    <message>
        <source>{0} is damaged or not the right file: its checksum begins with {1} instead of {2}; it was removed, try again, or another source if it happens twice</source>
        <translation>{0} ist beschädigt oder nicht die richtige Datei: die Prüfsumme beginnt mit {1} statt {2}; die Datei wurde entfernt: noch einmal versuchen, oder eine andere Quelle, wenn es zweimal vorkommt</translation>
    </message>
    <message>
        <source>{0} is damaged: its tensors need {1} bytes, it has {2}</source>
        <translation>{0} ist beschädigt: die Tensoren brauchen {1} Byte, die Datei hat {2}</translation>
    </message>
    <message>
        <source>{0} is damaged: its triangles name points that are not there; fetch it again.</source>
        <translation>{0} ist beschädigt: seine Dreiecke nennen Punkte, die es nicht gibt; holen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>{0} is empty (0 bytes); choose another picture.</source>
        <translation>{0} ist leer (0 Byte); wählen Sie ein anderes Bild.</translation>
    </message>
    <message>
        <source>{0} is empty (0 bytes); choose another recording or export it again</source>
        <translation>{0} ist leer (0 Byte); wählen Sie eine andere Aufnahme oder exportieren Sie sie noch einmal</translation>
    </message>
    <message>
        <source>{0} is empty; download it again</source>
        <translation>{0} ist leer; laden Sie die Datei neu herunter</translation>
    </message>
    <message>
        <source>{0} is given only to registered users: accept its terms at {1}, make a read token there, and set it as HF_TOKEN or in the model manager</source>
        <translation>{0} gibt es nur für angemeldete Nutzer: die Bedingungen unter {1} annehmen, dort ein Lese-Token anlegen und es als HF_TOKEN oder in der Modellverwaltung angeben</translation>
    </message>
    <message>
        <source>{0} is longer than the {1} bytes that {2} announced</source>
        <translation>{0} ist länger als die {1} Byte, die {2} angekündigt hat</translation>
    </message>
    <message>
        <source>{0} is no .npz file. Choose SMPLX_NEUTRAL.npz (files ending in .pkl could run foreign code).</source>
        <translation>{0} ist keine .npz-Datei. Wählen Sie SMPLX_NEUTRAL.npz (Dateien mit der Endung .pkl könnten fremden Code ausführen).</translation>
    </message>
    <message>
        <source>{0} is no SMPL-X model: {1} missing. Choose another.</source>
        <translation>{0} ist kein SMPL-X-Modell: {1} fehlt. Wählen Sie ein anderes.</translation>
    </message>
    <message>
        <source>{0} is no emotion; choose one of {1}</source>
        <translation>{0} ist keine Emotion; wählen Sie eine von {1}</translation>
    </message>
    <message>
        <source>{0} is no folder; give the folder of a case</source>
        <translation>{0} ist kein Ordner; den Ordner eines Falls angeben</translation>
    </message>
    <message>
        <source>{0} is no frame rate; give a number such as 25 or 29.97</source>
        <translation>{0} ist keine Bildrate; geben Sie eine Zahl wie 25 oder 29.97 an</translation>
    </message>
    <message>
        <source>{0} is no setting of {1}</source>
        <translation>{0} ist keine Einstellung von {1}</translation>
    </message>
    <message>
        <source>{0} is no tag of an MP4 file; use one of {1}</source>
        <translation>{0} ist kein Feld einer MP4-Datei; nehmen Sie eines von {1}</translation>
    </message>
    <message>
        <source>{0} is not a field of a segment that can be changed</source>
        <translation>{0} ist kein Feld eines Segments, das sich ändern lässt</translation>
    </message>
    <message>
        <source>{0} is not a folder; name the folder that holds the weights of {1}</source>
        <translation>{0} ist kein Ordner; nennen Sie den Ordner mit den Gewichten von {1}</translation>
    </message>
    <message>
        <source>{0} is not a number of JSON</source>
        <translation>{0} ist keine Zahl in JSON</translation>
    </message>
    <message>
        <source>{0} is not a picture that can be read; use PNG, JPEG, WebP, AVIF, BMP, TIFF or GIF.</source>
        <translation>{0} ist kein lesbares Bild; nehmen Sie PNG, JPEG, WebP, AVIF, BMP, TIFF oder GIF.</translation>
    </message>
    <message>
        <source>{0} is not a plain dictionary of tensors</source>
        <translation>{0} ist kein reines Dictionary mit Tensoren</translation>
    </message>
    <message>
        <source>{0} is not a regular file; give another name</source>
        <translation>{0} ist keine gewöhnliche Datei; geben Sie einen anderen Namen an</translation>
    </message>
    <message>
        <source>{0} is not a safetensors file</source>
        <translation>{0} ist keine safetensors-Datei</translation>
    </message>
    <message>
        <source>{0} is not a time; minutes and seconds after a colon stay below 60</source>
        <translation>{0} ist keine Zeit; Minuten und Sekunden nach einem Doppelpunkt bleiben unter 60</translation>
    </message>
    <message>
        <source>{0} is not a time; write seconds like 3.2 or minutes like 1:03.2</source>
        <translation>{0} ist keine Zeit; schreiben Sie Sekunden wie 3.2 oder Minuten wie 1:03.2</translation>
    </message>
    <message>
        <source>{0} is not a video that can be read; choose another one</source>
        <translation>{0} ist kein lesbares Video; wählen Sie ein anderes</translation>
    </message>
    <message>
        <source>{0} is not audio (it looks like {1}); {2}</source>
        <translation>{0} ist keine Tondatei (es sieht nach {1} aus); {2}</translation>
    </message>
    <message>
        <source>{0} is not audio that can be read, or its start is damaged; {1}</source>
        <translation>{0} ist keine lesbare Tondatei, oder ihr Anfang ist beschädigt; {1}</translation>
    </message>
    <message>
        <source>{0} is not on this machine</source>
        <translation>{0} ist nicht auf diesem Rechner</translation>
    </message>
    <message>
        <source>{0} is not the expected file; reinstall the package {1}</source>
        <translation>{0} ist nicht die erwartete Datei; installieren Sie das Paket {1} neu</translation>
    </message>
    <message>
        <source>{0} is not valid JSON (line {1}): {2}</source>
        <translation>{0} ist kein gültiges JSON (Zeile {1}): {2}</translation>
    </message>
    <message>
        <source>{0} is not valid JSON: {1}</source>
        <translation>{0} ist kein gültiges JSON: {1}</translation>
    </message>
    <message>
        <source>{0} is too small ({1} x {2} pixels): at least {3} pixels a side are needed, 512 or more are recommended.</source>
        <translation>{0} ist zu klein ({1} x {2} Pixel): mindestens {3} Pixel je Seite sind nötig, 512 oder mehr empfohlen.</translation>
    </message>
    <message>
        <source>{0} is under the licence “{1}” ({2}); read it, and accept it with --accept-licence or in the model manager</source>
        <translation>{0} steht unter der Lizenz „{1}“ ({2}); die Lizenz lesen und mit --accept-licence oder in der Modellverwaltung annehmen</translation>
    </message>
    <message>
        <source>{0} is {1} x {2} pixels, the piece before {3} x {4}</source>
        <translation>{0} hat {1} x {2} Pixel, das Stück davor {3} x {4}</translation>
    </message>
    <message>
        <source>{0} is {1}; choose {2} to {3}</source>
        <translation>{0} ist {1}; {2} bis {3} wählen</translation>
    </message>
    <message>
        <source>{0} must be a {1}, not {2}</source>
        <translation>{0} muss vom Typ {1} sein, nicht {2}</translation>
    </message>
    <message>
        <source>{0} must be on or off, not {1}</source>
        <translation>{0} muss an oder aus sein, nicht {1}</translation>
    </message>
    <message>
        <source>{0} needs the package {1}, which is not installed; run `pip install {2}`</source>
        <translation>{0} braucht das Paket {1}, das nicht installiert ist; `pip install {2}` ausführen</translation>
    </message>
    <message>
        <source>{0} needs {1} of free disk in {2} and there are {3}; free some, or set another folder with {4}</source>
        <translation>{0} braucht {1} freien Platz in {2}, frei sind {3}; Platz schaffen oder mit {4} einen anderen Ordner festlegen</translation>
    </message>
    <message>
        <source>{0} no longer takes sound</source>
        <translation>{0} nimmt keinen Ton mehr an</translation>
    </message>
    <message>
        <source>{0} refused {1} (status {2}); try again later or use a mirror</source>
        <translation>{0} hat {1} verweigert (Status {2}); später noch einmal versuchen oder einen Spiegelserver verwenden</translation>
    </message>
    <message>
        <source>{0} s is not inside the segment {1}, it cannot be cut there</source>
        <translation>{0} s liegt nicht im Segment {1}, dort lässt es sich nicht teilen</translation>
    </message>
    <message>
        <source>{0} takes neither {1} Hz nor its own rate</source>
        <translation>{0} nimmt weder {1} Hz noch die eigene Rate</translation>
    </message>
    <message>
        <source>{0} was brought back otherwise in the meantime</source>
        <translation>{0} wurde inzwischen auf anderem Weg zurückgeholt</translation>
    </message>
    <message>
        <source>{0} was encoded with other settings than the pieces before; render it again</source>
        <translation>{0} wurde mit anderen Einstellungen kodiert als die Stücke davor; rendern Sie es noch einmal</translation>
    </message>
    <message>
        <source>{0} was not converted whole; try again</source>
        <translation>{0} wurde nicht vollständig umgewandelt; noch einmal versuchen</translation>
    </message>
    <message>
        <source>{0} was not made by this program's encoder; render it again</source>
        <translation>{0} stammt nicht vom Kodierer dieses Programms; rendern Sie es noch einmal</translation>
    </message>
    <message>
        <source>{0} was not opened: {1}; only files of plain tensors are accepted, get it from its official source or convert it to safetensors yourself</source>
        <translation>{0} wurde nicht geöffnet: {1}; nur Dateien mit reinen Tensoren sind zulässig: die Datei aus ihrer offiziellen Quelle holen oder selbst in safetensors umwandeln</translation>
    </message>
    <message>
        <source>{0} x {1} pixels do not divide by {2}; choose {3} x {4}</source>
        <translation>{0} x {1} Pixel sind nicht durch {2} teilbar; {3} x {4} wählen</translation>
    </message>
    <message>
        <source>{0} {1}; it cannot be downloaded, imported or removed</source>
        <translation>{0} ({1}) lässt sich weder herunterladen noch importieren noch entfernen</translation>
    </message>
    <message>
        <source>{0}/{1}{2} is no name of a cache entry</source>
        <translation>{0}/{1}{2} ist kein Name eines Eintrags im Zwischenspeicher</translation>
    </message>
    <message>
        <source>{0}: broken JSON ({1})</source>
        <translation>{0}: kaputtes JSON ({1})</translation>
    </message>
    <message>
        <source>{0}: byte {1} is not UTF-8 text; it is no project</source>
        <translation>{0}: Byte {1} ist kein UTF-8-Text; das ist kein Projekt</translation>
    </message>
    <message>
        <source>{0}: decode_chunk_size is {1}; choose 1 or more</source>
        <translation>{0}: decode_chunk_size ist {1}; 1 oder mehr wählen</translation>
    </message>
    <message>
        <source>{0}: fps must be one number above 0</source>
        <translation>{0}: fps muss eine Zahl über 0 sein</translation>
    </message>
    <message>
        <source>{0}: has {1} unexpected keys face_adapter.*; its config file with the adapter's sizes is missing</source>
        <translation>{0}: hat {1} unerwartete Schlüssel face_adapter.*; die Konfigurationsdatei mit den Größen des Adapters fehlt</translation>
    </message>
    <message>
        <source>{0}: line {1}, column {2}: broken JSON ({3})</source>
        <translation>{0}: Zeile {1}, Spalte {2}: kaputtes JSON ({3})</translation>
    </message>
    <message>
        <source>{0}: no frame was written, so there is no video</source>
        <translation>{0}: kein Bild wurde geschrieben, es gibt also kein Video</translation>
    </message>
    <message>
        <source>{0}: noise_aug_strength is {1}; choose 0 or more</source>
        <translation>{0}: noise_aug_strength ist {1}; 0 oder mehr wählen</translation>
    </message>
    <message>
        <source>{0}: num_inference_steps is {1}; choose 1 or more</source>
        <translation>{0}: num_inference_steps ist {1}; 1 oder mehr wählen</translation>
    </message>
    <message>
        <source>{0}: pose_input must be "full" or "composite", not {1}</source>
        <translation>{0}: pose_input muss „full“ oder „composite“ sein, nicht {1}</translation>
    </message>
    <message>
        <source>{0}: provenance is not JSON ({1})</source>
        <translation>{0}: „provenance“ ist kein JSON ({1})</translation>
    </message>
    <message>
        <source>{0}: provenance must be a JSON object of texts</source>
        <translation>{0}: „provenance“ muss ein JSON-Objekt aus Texten sein</translation>
    </message>
    <message>
        <source>{0}: schema_version must be a whole number, not {1}</source>
        <translation>{0}: schema_version muss eine ganze Zahl sein, nicht {1}</translation>
    </message>
    <message>
        <source>{0}: the document must be a JSON object; it is no project</source>
        <translation>{0}: das Dokument muss ein JSON-Objekt sein; das ist kein Projekt</translation>
    </message>
    <message>
        <source>{0}: the encoder did not finish within {1} s; try again</source>
        <translation>{0}: der Kodierer wurde nicht in {1} s fertig; versuchen Sie es noch einmal</translation>
    </message>
    <message>
        <source>{0}: the field {1} is missing</source>
        <translation>{0}: das Feld {1} fehlt</translation>
    </message>
    <message>
        <source>{0}: the file cannot be read: {1}</source>
        <translation>{0}: die Datei ist nicht lesbar: {1}</translation>
    </message>
    <message>
        <source>{0}: the file is larger than {1} MiB; it is no project</source>
        <translation>{0}: die Datei ist größer als {1} MiB; das ist kein Projekt</translation>
    </message>
    <message>
        <source>{0}: the part image_encoder does not fit: {1} {2}</source>
        <translation>{0}: der Teil image_encoder passt nicht: {1} {2}</translation>
    </message>
    <message>
        <source>{0}: the part {1} does not fit: keys {2}</source>
        <translation>{0}: der Teil {1} passt nicht: Schlüssel {2}</translation>
    </message>
    <message>
        <source>{0}: the project cannot be saved: {1}</source>
        <translation>{0}: das Projekt lässt sich nicht speichern: {1}</translation>
    </message>
    <message>
        <source>{0}: the project of schema {1} cannot be brought to schema {2}: {3}</source>
        <translation>{0}: das Projekt der Fassung {1} lässt sich nicht in Fassung {2} bringen: {3}</translation>
    </message>
    <message>
        <source>{0}: the project was written by a newer version of the program (schema {1}, this one reads up to {2}); update Versa Director to open it. The file was not changed.</source>
        <translation>{0}: das Projekt stammt von einer neueren Version des Programms (Fassung {1}, dieses liest bis {2}); bringen Sie Versa Director auf den neuesten Stand. Die Datei wurde nicht verändert.</translation>
    </message>
    <message>
        <source>{0}: the render queue cannot be opened: {1}</source>
        <translation>{0}: die Render-Warteschlange lässt sich nicht öffnen: {1}</translation>
    </message>
    <message>
        <source>{0}: the render queue was made by a newer version of the program; install that one, or move the file away</source>
        <translation>{0}: die Render-Warteschlange stammt von einer neueren Version des Programms; installieren Sie diese, oder legen Sie die Datei weg</translation>
    </message>
    <message>
        <source>{0}: the renderer needs continuous v-prediction, not {1} {2}</source>
        <translation>{0}: der Renderer braucht kontinuierliche v-prediction, nicht {1} {2}</translation>
    </message>
    <message>
        <source>{0}: the rig is not UTF-8 text</source>
        <translation>{0}: das Rig ist kein UTF-8-Text</translation>
    </message>
    <message>
        <source>{0}: the speech encoder gives {1} numbers, the face adapter wants {2}</source>
        <translation>{0}: der Sprach-Encoder liefert {1} Zahlen, der Gesichtsadapter braucht {2}</translation>
    </message>
    <message>
        <source>{0}: the tensor pose_images is missing</source>
        <translation>{0}: der Tensor pose_images fehlt</translation>
    </message>
    <message>
        <source>{0}: the timeline cannot be written: {1}</source>
        <translation>{0}: die Zeitleiste lässt sich nicht schreiben: {1}</translation>
    </message>
    <message>
        <source>{0}: the video came out incomplete ({1} of {2} frames); check the free space</source>
        <translation>{0}: das Video wurde unvollständig ({1} von {2} Bildern); prüfen Sie den freien Platz</translation>
    </message>
    <message>
        <source>{0}: the video could not be written ({1}); check the free space</source>
        <translation>{0}: das Video ließ sich nicht schreiben ({1}); prüfen Sie den freien Platz</translation>
    </message>
    <message>
        <source>{0}: the video is an MP4 file; give a name that ends in .mp4</source>
        <translation>{0}: das Video ist eine MP4-Datei; geben Sie einen Namen an, der auf .mp4 endet</translation>
    </message>
    <message>
        <source>{0}: there is no such file</source>
        <translation>{0}: diese Datei gibt es nicht</translation>
    </message>
    <message>
        <source>{0}: this is not a motion file, or it is damaged ({1})</source>
        <translation>{0}: das ist keine Bewegungsdatei, oder sie ist beschädigt ({1})</translation>
    </message>
    <message>
        <source>{0}: this is not a motion file: {1} missing</source>
        <translation>{0}: das ist keine Bewegungsdatei: {1} fehlt</translation>
    </message>
    <message>
        <source>{0}: unknown fields {1}</source>
        <translation>{0}: unbekannte Felder {1}</translation>
    </message>
    <message>
        <source>{0}: {1} contains values that are not numbers</source>
        <translation>{0}: {1} enthält Werte, die keine Zahlen sind</translation>
    </message>
    <message>
        <source>{0}: {1} frames were given, {2} are needed for {3} s at {4} frames a second</source>
        <translation>{0}: {1} Bilder kamen, {2} sind nötig für {3} s mit {4} Bildern in der Sekunde</translation>
    </message>
    <message>
        <source>{0}: {1} has the type {2}, which does not fit</source>
        <translation>{0}: {1} hat den Typ {2}, der nicht passt</translation>
    </message>
    <message>
        <source>{0}: {1} must be a number, not {2}</source>
        <translation>{0}: {1} muss eine Zahl sein, nicht {2}</translation>
    </message>
    <message>
        <source>{0}: {1} must be a whole number, not {2}</source>
        <translation>{0}: {1} muss eine ganze Zahl sein, nicht {2}</translation>
    </message>
    <message>
        <source>{0}: {1} must be lists of the same length</source>
        <translation>{0}: {1} müssen gleich lange Listen sein</translation>
    </message>
    <message>
        <source>{0}: {1} unexpected keys ({2}); the public layout has only unet.* and pose_net.*</source>
        <translation>{0}: {1} unerwartete Schlüssel ({2}); das öffentliche Format hat nur unet.* und pose_net.*</translation>
    </message>
    <message>
        <source>{0}; what arrived is kept, the same command goes on from there</source>
        <translation>{0}; was ankam, bleibt erhalten, derselbe Befehl macht dort weiter</translation>
    </message>
    <message>
        <source>“{0}” is no time: frames are whole numbers; {1}</source>
        <translation>„{0}“ ist keine Zeit: Bilder sind ganze Zahlen; {1}</translation>
    </message>
    <message>
        <source>“{0}” is no time: frames go from 0 to {1} here; {2}</source>
        <translation>„{0}“ ist keine Zeit: Bilder gehen hier von 0 bis {1}; {2}</translation>
    </message>
    <message>
        <source>“{0}” is no time: minutes and seconds end at 59; {1}</source>
        <translation>„{0}“ ist keine Zeit: Minuten und Sekunden enden bei 59; {1}</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>What to export</source>
        <translation>Was exportiert wird</translation>
    </message>
    <message>
        <source>Choose what to write</source>
        <translation>Wählen, was geschrieben wird</translation>
    </message>
    <message>
        <source>Video (MP4)</source>
        <translation>Video (MP4)</translation>
    </message>
    <message>
        <source>Video of the poses</source>
        <translation>Video der Posen</translation>
    </message>
    <message>
        <source>Motion as BVH</source>
        <translation>Bewegung als BVH</translation>
    </message>
    <message>
        <source>Motion as NPZ</source>
        <translation>Bewegung als NPZ</translation>
    </message>
    <message>
        <source>Timeline (OTIO)</source>
        <translation>Zeitleiste (OTIO)</translation>
    </message>
    <message>
        <source>Range</source>
        <translation>Bereich</translation>
    </message>
    <message>
        <source>Which stretch of the recording to write</source>
        <translation>Welcher Teil der Aufnahme geschrieben wird</translation>
    </message>
    <message>
        <source>Height of the video</source>
        <translation>Höhe des Videos</translation>
    </message>
    <message>
        <source>Height in pixels; the width follows from the portrait</source>
        <translation>Höhe in Pixeln; die Breite folgt aus dem Porträt</translation>
    </message>
    <message>
        <source>Frames per second</source>
        <translation>Bilder je Sekunde</translation>
    </message>
    <message>
        <source>Frames per second of the video</source>
        <translation>Bilder je Sekunde des Videos</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>Beste</translation>
    </message>
    <message>
        <source>High</source>
        <translation>Hoch</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>Gut</translation>
    </message>
    <message>
        <source>Small file</source>
        <translation>Kleine Datei</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Güte</translation>
    </message>
    <message>
        <source>How finely the video is encoded; a smaller number makes a larger file</source>
        <translation>Wie fein das Video kodiert wird; eine kleinere Zahl ergibt eine größere Datei</translation>
    </message>
    <message>
        <source>Renderer</source>
        <translation>Renderer</translation>
    </message>
    <message>
        <source>What makes the pictures of the video</source>
        <translation>Was die Bilder des Videos macht</translation>
    </message>
    <message>
        <source>Draft puppet</source>
        <translation>Entwurfspuppe</translation>
    </message>
    <message>
        <source>What the renderer needs</source>
        <translation>Was der Renderer braucht</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>The file to write</source>
        <translation>Die Datei, die geschrieben wird</translation>
    </message>
    <message>
        <source>Bro&amp;wse…</source>
        <translation>&amp;Wählen …</translation>
    </message>
    <message>
        <source>Choose folder and name</source>
        <translation>Ordner und Namen wählen</translation>
    </message>
    <message>
        <source>Browse</source>
        <translation>Wählen</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>Zusammenfassung</translation>
    </message>
    <message>
        <source>Ran&amp;ge</source>
        <translation>Be&amp;reich</translation>
    </message>
    <message>
        <source>&amp;Height</source>
        <translation>&amp;Höhe</translation>
    </message>
    <message>
        <source>F&amp;rame rate</source>
        <translation>&amp;Bildrate</translation>
    </message>
    <message>
        <source>&amp;Quality</source>
        <translation>&amp;Güte</translation>
    </message>
    <message>
        <source>Re&amp;nderer</source>
        <translation>Re&amp;nderer</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation type="unfinished">&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Export</source>
        <translation>&amp;Exportieren</translation>
    </message>
    <message>
        <source>Whole recording</source>
        <translation>Ganze Aufnahme</translation>
    </message>
    <message>
        <source>In to out</source>
        <translation>In bis Out</translation>
    </message>
    <message>
        <source>Selected segments</source>
        <translation>Gewählte Segmente</translation>
    </message>
    <message>
        <source>The person with the recording. Pieces that are rendered already are reused. The file says in its data that the picture is synthetic and which program and weights made it.</source>
        <translation>Die Person mit der Aufnahme. Schon gerenderte Stücke werden wiederverwendet. Die Datei sagt in ihren Daten, dass das Bild künstlich ist und welches Programm und welche Gewichte es machten.</translation>
    </message>
    <message>
        <source>The poses drawn over the picture as the renderer gets them, with the recording.</source>
        <translation>Die Posen über dem Bild, wie der Renderer sie bekommt, mit der Aufnahme.</translation>
    </message>
    <message>
        <source>The 3D motion as a skeleton animation for Blender, Maya and other programs.</source>
        <translation>Die 3D-Bewegung als Skelettanimation für Blender, Maya und andere Programme.</translation>
    </message>
    <message>
        <source>The 3D motion as NumPy arrays: joints, foot contacts and tokens at 20 frames per second.</source>
        <translation>Die 3D-Bewegung als NumPy-Felder: Gelenke, Fußkontakte und Token mit 20 Bildern je Sekunde.</translation>
    </message>
    <message>
        <source>The timeline for other editors: the recording, the segments, and the prompts as markers.</source>
        <translation>Die Zeitleiste für andere Schnittprogramme: Aufnahme, Segmente und die Anweisungen als Marken.</translation>
    </message>
    <message>
        <source>Write a file name.</source>
        <translation>Schreiben Sie einen Dateinamen.</translation>
    </message>
    <message>
        <source>There is no folder {folder}.</source>
        <translation>Es gibt keinen Ordner {folder}.</translation>
    </message>
    <message>
        <source>Written at once.</source>
        <translation>Wird sofort geschrieben.</translation>
    </message>
    <message>
        <source>{fps} frames per second</source>
        <translation>{fps} Bilder je Sekunde</translation>
    </message>
    <message>
        <source>{n} frames</source>
        <translation>{n} Bilder</translation>
    </message>
    <message>
        <source>Export as</source>
        <translation>Exportieren als</translation>
    </message>
    <message>
        <source>{name} exists already. Replace it?</source>
        <translation>{name} gibt es schon. Ersetzen?</translation>
    </message>
</context>
<context>
    <name>Heads</name>
    <message>
        <source>Tracks</source>
        <translation>Spuren</translation>
    </message>
    <message>
        <source>Add a track</source>
        <translation>Spur hinzufügen</translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <source>Open a project, or make a new one from a portrait and a recording.</source>
        <translation>Öffnen Sie ein Projekt, oder legen Sie aus Porträt und Aufnahme ein neues an.</translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <source>Timeline</source>
        <translation type="unfinished">Zeitleiste</translation>
    </message>
</context>
<context>
    <name>LicenceDialog</name>
    <message>
        <source>Licence of {title}</source>
        <translation>Lizenz von {title}</translation>
    </message>
    <message>
        <source>Text of the licence</source>
        <translation>Text der Lizenz</translation>
    </message>
    <message>
        <source>Open its &amp;page</source>
        <translation>Ihre &amp;Seite öffnen</translation>
    </message>
    <message>
        <source>I have &amp;read the licence and accept it</source>
        <translation>Ich habe die Lizenz ge&amp;lesen und nehme sie an</translation>
    </message>
    <message>
        <source>&amp;Accept</source>
        <translation>&amp;Annehmen</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Warning about the poses</source>
        <translation>Warnung zu den Posen</translation>
    </message>
    <message>
        <source>What the preview waits for</source>
        <translation>Worauf die Vorschau wartet</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Panels</source>
        <translation>Bereiche</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Werkzeuge</translation>
    </message>
    <message>
        <source>A render is running</source>
        <translation>Es wird gerendert</translation>
    </message>
    <message>
        <source>Stop the render and leave?</source>
        <translation>Das Rendern anhalten und beenden?</translation>
    </message>
    <message>
        <source>Finished pieces are kept; the render can be resumed at the next start.</source>
        <translation>Fertige Stücke bleiben; das Rendern kann beim nächsten Start fortgesetzt werden.</translation>
    </message>
    <message>
        <source>Stop and leave</source>
        <translation>Anhalten und beenden</translation>
    </message>
</context>
<context>
    <name>MediaPanel</name>
    <message>
        <source>Portrait</source>
        <translation>Porträt</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>Aufnahme</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Hinweise</translation>
    </message>
    <message>
        <source>Replace portrait…</source>
        <translation>Porträt ersetzen …</translation>
    </message>
    <message>
        <source>Choose another picture of the person</source>
        <translation>Ein anderes Bild der Person wählen</translation>
    </message>
    <message>
        <source>Edit the rig</source>
        <translation>Rig bearbeiten</translation>
    </message>
    <message>
        <source>Place the points of the portrait</source>
        <translation>Die Punkte des Porträts setzen</translation>
    </message>
    <message>
        <source>Replace recording…</source>
        <translation>Aufnahme ersetzen …</translation>
    </message>
    <message>
        <source>Choose another speech recording</source>
        <translation>Eine andere Sprachaufnahme wählen</translation>
    </message>
    <message>
        <source>Find missing media…</source>
        <translation>Fehlende Medien suchen …</translation>
    </message>
    <message>
        <source>Say where the files lie now</source>
        <translation>Angeben, wo die Dateien jetzt liegen</translation>
    </message>
</context>
<context>
    <name>MediaProbe</name>
    <message>
        <source>The picture is small; at least 512 pixels a side give a sharper video.</source>
        <translation>Das Bild ist klein; mit mindestens 512 Pixeln je Seite wird das Video schärfer.</translation>
    </message>
    <message>
        <source>The recording is damaged; a part is missing.</source>
        <translation>Die Aufnahme ist beschädigt; ein Teil fehlt.</translation>
    </message>
    <message>
        <source>The recording is very quiet or silent.</source>
        <translation>Die Aufnahme ist sehr leise oder stumm.</translation>
    </message>
    <message>
        <source>The recording is shorter than half a second.</source>
        <translation>Die Aufnahme ist kürzer als eine halbe Sekunde.</translation>
    </message>
</context>
<context>
    <name>ModelManager</name>
    <message>
        <source>Model manager</source>
        <translation>Modellverwaltung</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Meldung</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>&amp;Einstellungen …</translation>
    </message>
    <message>
        <source>Folder, mirror and token</source>
        <translation>Ordner, Spiegelserver und Token</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>S&amp;chließen</translation>
    </message>
    <message>
        <source>Downloads go on in the background</source>
        <translation>Downloads laufen im Hintergrund weiter</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Return downloads or goes on, Delete removes</source>
        <translation>Die Eingabetaste lädt oder macht weiter, Entf entfernt</translation>
    </message>
    <message>
        <source>Needed by</source>
        <translation>Gebraucht von</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>To download</source>
        <translation>Zum Herunterladen</translation>
    </message>
    <message>
        <source>Come with the program</source>
        <translation>Beim Programm dabei</translation>
    </message>
    <message>
        <source>C&amp;ancel</source>
        <translation>A&amp;bbrechen</translation>
    </message>
    <message>
        <source>Stop; what arrived is kept</source>
        <translation>Anhalten; was angekommen ist, bleibt</translation>
    </message>
    <message>
        <source>&amp;Download</source>
        <translation>&amp;Herunterladen</translation>
    </message>
    <message>
        <source>Download from the hub, or go on</source>
        <translation>Vom Hub herunterladen oder weitermachen</translation>
    </message>
    <message>
        <source>&amp;Import…</source>
        <translation>&amp;Importieren …</translation>
    </message>
    <message>
        <source>Take the files from this computer, without a network</source>
        <translation>Die Dateien von diesem Rechner nehmen, ohne Netz</translation>
    </message>
    <message>
        <source>&amp;Verify</source>
        <translation>&amp;Prüfen</translation>
    </message>
    <message>
        <source>Read every byte and compare checksums</source>
        <translation>Jedes Byte lesen und Prüfsummen vergleichen</translation>
    </message>
    <message>
        <source>&amp;Remove…</source>
        <translation>Ent&amp;fernen …</translation>
    </message>
    <message>
        <source>Delete the files of this machine</source>
        <translation>Die Dateien von diesem Rechner löschen</translation>
    </message>
    <message>
        <source>&amp;Licence…</source>
        <translation>&amp;Lizenz …</translation>
    </message>
    <message>
        <source>Read the terms of use</source>
        <translation>Die Bedingungen lesen</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>Bring the files back</source>
        <translation>Die Dateien zurückholen</translation>
    </message>
    <message>
        <source>{folder}, from {endpoint}</source>
        <translation>{folder}, von {endpoint}</translation>
    </message>
    <message>
        <source>{title} was removed.</source>
        <translation>{title} wurde entfernt.</translation>
    </message>
    <message>
        <source>A &amp;folder…</source>
        <translation>Ein &amp;Ordner …</translation>
    </message>
    <message>
        <source>A f&amp;ile…</source>
        <translation>Eine &amp;Datei …</translation>
    </message>
    <message>
        <source>Folder with the files of {title}</source>
        <translation>Ordner mit den Dateien von {title}</translation>
    </message>
    <message>
        <source>A file of {title}</source>
        <translation>Eine Datei von {title}</translation>
    </message>
    <message>
        <source>Remove weights</source>
        <translation>Gewichte entfernen</translation>
    </message>
    <message>
        <source>Remove {title} from this machine?</source>
        <translation>{title} von diesem Rechner entfernen?</translation>
    </message>
    <message>
        <source>Needed by: {user}. You can undo this until the model manager is closed.</source>
        <translation>Gebraucht von: {user}. Das lässt sich zurücknehmen, bis die Modellverwaltung geschlossen wird.</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>Ent&amp;fernen</translation>
    </message>
    <message>
        <source>Needed by: {user}.</source>
        <translation>Gebraucht von: {user}.</translation>
    </message>
    <message>
        <source>From {place}, {size}.</source>
        <translation>Von {place}, {size}.</translation>
    </message>
    <message>
        <source>Only registered users get it: accept its terms on that page, and give a token under Settings.</source>
        <translation>Nur für angemeldete Nutzer: die Bedingungen auf dieser Seite annehmen und unter Einstellungen ein Token angeben.</translation>
    </message>
    <message>
        <source>In {folder}</source>
        <translation>In {folder}</translation>
    </message>
    <message>
        <source>Go &amp;on</source>
        <translation>&amp;Weitermachen</translation>
    </message>
    <message>
        <source>&amp;Repair</source>
        <translation>&amp;Reparieren</translation>
    </message>
    <message>
        <source>Progress of {title}</source>
        <translation>Fortschritt von {title}</translation>
    </message>
    <message>
        <source>Not there</source>
        <translation>Nicht da</translation>
    </message>
    <message>
        <source>Partly there</source>
        <translation>Teilweise da</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>Beschädigt</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Asking the hub</source>
        <translation>Fragt den Hub</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>Lädt herunter</translation>
    </message>
    <message>
        <source>Converting</source>
        <translation>Wandelt um</translation>
    </message>
    <message>
        <source>Copying</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>Checking</source>
        <translation>Prüft</translation>
    </message>
    <message>
        <source>Cancelling</source>
        <translation>Bricht ab</translation>
    </message>
    <message>
        <source>, {time} left</source>
        <translation>, noch {time}</translation>
    </message>
</context>
<context>
    <name>ModelSettingsDialog</name>
    <message>
        <source>Model manager settings</source>
        <translation>Einstellungen der Modellverwaltung</translation>
    </message>
    <message>
        <source>What is there already stays where it is; move it yourself if you want it here</source>
        <translation>Was schon da ist, bleibt, wo es liegt; zum Umziehen selbst verschieben</translation>
    </message>
    <message>
        <source>&amp;Choose…</source>
        <translation>&amp;Wählen …</translation>
    </message>
    <message>
        <source>Address of a mirror of the hub, if the hub itself cannot be reached</source>
        <translation>Adresse eines Spiegelservers, wenn der Hub selbst nicht erreichbar ist</translation>
    </message>
    <message>
        <source>a token is stored</source>
        <translation>ein Token ist gespeichert</translation>
    </message>
    <message>
        <source>A read token of your account, for files that only registered users get</source>
        <translation>Ein Lese-Token des eigenen Kontos, für Dateien, die nur angemeldete Nutzer bekommen</translation>
    </message>
    <message>
        <source>&amp;Forget the stored token</source>
        <translation>Das gespeicherte Token &amp;vergessen</translation>
    </message>
    <message>
        <source>Make a token</source>
        <translation>Token anlegen</translation>
    </message>
    <message>
        <source>F&amp;older:</source>
        <translation>&amp;Ordner:</translation>
    </message>
    <message>
        <source>&amp;Mirror:</source>
        <translation>&amp;Spiegelserver:</translation>
    </message>
    <message>
        <source>&amp;Token:</source>
        <translation>&amp;Token:</translation>
    </message>
    <message>
        <source>Set by the system and stronger than here: {names}</source>
        <translation>Vom System gesetzt und stärker als hier: {names}</translation>
    </message>
    <message>
        <source>Choose the folder for downloads</source>
        <translation>Ordner für Downloads wählen</translation>
    </message>
</context>
<context>
    <name>NameField</name>
    <message>
        <source>Name of the track: {name}</source>
        <translation>Name der Spur: {name}</translation>
    </message>
    <message>
        <source>{name}
Double click to rename</source>
        <translation>{name}
Doppelklick zum Umbenennen</translation>
    </message>
</context>
<context>
    <name>NewProjectDialog</name>
    <message>
        <source>New project</source>
        <translation type="unfinished">Neues Projekt</translation>
    </message>
    <message>
        <source>Click to choose a picture of the person, or drop one here</source>
        <translation>Klicken, um ein Bild der Person zu wählen, oder eines hier ablegen</translation>
    </message>
    <message>
        <source>Portrait</source>
        <translation type="unfinished">Porträt</translation>
    </message>
    <message>
        <source>Click to choose a speech recording, or drop one here</source>
        <translation>Klicken, um eine Sprachaufnahme zu wählen, oder eine hier ablegen</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation type="unfinished">Aufnahme</translation>
    </message>
    <message>
        <source>1. Portrait</source>
        <translation>1. Porträt</translation>
    </message>
    <message>
        <source>Choose a &amp;portrait…</source>
        <translation>&amp;Porträt wählen …</translation>
    </message>
    <message>
        <source>2. Recording</source>
        <translation>2. Aufnahme</translation>
    </message>
    <message>
        <source>Choose a &amp;recording…</source>
        <translation>&amp;Aufnahme wählen …</translation>
    </message>
    <message>
        <source>&amp;Create project</source>
        <translation>Projekt &amp;anlegen</translation>
    </message>
    <message>
        <source>Make the project; it is saved where you say later</source>
        <translation>Das Projekt anlegen; wo es gespeichert wird, sagen Sie später</translation>
    </message>
    <message>
        <source>About the file</source>
        <translation>Über die Datei</translation>
    </message>
    <message>
        <source>Reading …</source>
        <translation>Wird gelesen …</translation>
    </message>
    <message>
        <source>Choose a portrait</source>
        <translation type="unfinished">Ein Porträt wählen</translation>
    </message>
    <message>
        <source>Pictures ({0})</source>
        <translation type="unfinished">Bilder ({0})</translation>
    </message>
    <message>
        <source>Choose a recording</source>
        <translation type="unfinished">Eine Aufnahme wählen</translation>
    </message>
    <message>
        <source>Recordings ({0})</source>
        <translation type="unfinished">Aufnahmen ({0})</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>mono</source>
        <translation>mono</translation>
    </message>
    <message>
        <source>stereo</source>
        <translation>stereo</translation>
    </message>
    <message>
        <source>{n} channels</source>
        <translation>{n} Kanäle</translation>
    </message>
    <message>
        <source> (the beginning is shown)</source>
        <translation> (der Anfang ist gezeigt)</translation>
    </message>
</context>
<context>
    <name>OpenGL</name>
    <message>
        <source>This screen has no OpenGL, which the 3D view needs.</source>
        <translation>Dieser Bildschirm hat kein OpenGL; die 3D-Ansicht braucht es.</translation>
    </message>
    <message>
        <source>OpenGL cannot be started, which the 3D view needs. Install or update the graphics driver.</source>
        <translation>OpenGL lässt sich nicht starten; die 3D-Ansicht braucht es. Installieren oder aktualisieren Sie den Grafiktreiber.</translation>
    </message>
    <message>
        <source>OpenGL starts but cannot draw, so the 3D view stays off. Update the graphics driver.</source>
        <translation>OpenGL startet, kann aber nicht zeichnen; die 3D-Ansicht bleibt aus. Aktualisieren Sie den Grafiktreiber.</translation>
    </message>
    <message>
        <source>The graphics driver offers OpenGL {}.{} only; the 3D view needs 2.0 or newer.</source>
        <translation>Der Grafiktreiber bietet nur OpenGL {}.{}; die 3D-Ansicht braucht 2.0 oder neuer.</translation>
    </message>
</context>
<context>
    <name>Player</name>
    <message>
        <source>Sound plays through {device} again.</source>
        <translation>Der Ton kommt wieder aus {device}.</translation>
    </message>
    <message>
        <source>There is no sound card, or it was unplugged: playback goes on without sound.</source>
        <translation>Es gibt keine Soundkarte, oder sie wurde getrennt: Die Wiedergabe läuft ohne Ton weiter.</translation>
    </message>
</context>
<context>
    <name>Pointer</name>
    <message>
        <source>There is no room for a segment here.</source>
        <translation>Hier ist kein Platz für ein Segment.</translation>
    </message>
    <message>
        <source>Take {number}, seed {seed}</source>
        <translation>Versuch {number}, Startwert {seed}</translation>
    </message>
    <message>
        <source>{name}
{time}</source>
        <translation>{name}
{time}</translation>
    </message>
</context>
<context>
    <name>PoseView</name>
    <message>
        <source>Show exactly the picture that the renderer gets</source>
        <translation>Genau das Bild zeigen, das der Renderer bekommt</translation>
    </message>
    <message>
        <source>Poses over the portrait</source>
        <translation>Posen über dem Porträt</translation>
    </message>
    <message>
        <source>Pose picture for the renderer</source>
        <translation>Posenbild für den Renderer</translation>
    </message>
    <message>
        <source>The renderer's picture appears when the poses are there.</source>
        <translation>Das Bild des Renderers erscheint, wenn die Posen da sind.</translation>
    </message>
    <message>
        <source>What the renderer gets</source>
        <translation>Was der Renderer bekommt</translation>
    </message>
    <message>
        <source>The portrait appears here.</source>
        <translation>Hier erscheint das Porträt.</translation>
    </message>
</context>
<context>
    <name>PoseWarnings</name>
    <message>
        <source>These poses were made for a picture of {} x {} pixels and do not fit this portrait.</source>
        <translation>Diese Posen wurden für ein Bild von {} x {} Pixeln gemacht und passen nicht zu diesem Porträt.</translation>
    </message>
    <message>
        <source>The pose leaves the picture here.</source>
        <translation>Die Pose verlässt hier das Bild.</translation>
    </message>
    <message>
        <source>The body turns further than a flat portrait can show.</source>
        <translation>Der Körper dreht sich weiter, als ein flaches Porträt zeigen kann.</translation>
    </message>
    <message>
        <source>A limb moves that the portrait does not show.</source>
        <translation>Es bewegt sich ein Glied, das das Porträt nicht zeigt.</translation>
    </message>
    <message>
        <source>The portrait's hands touch, so they move less here.</source>
        <translation>Die Hände des Porträts berühren sich; sie bewegen sich hier weniger.</translation>
    </message>
    <message>
        <source>The movement is held back to fit the portrait here.</source>
        <translation>Die Bewegung ist hier gebremst, damit sie zum Porträt passt.</translation>
    </message>
</context>
<context>
    <name>PreviewArea</name>
    <message>
        <source>3D</source>
        <translation>3D</translation>
    </message>
    <message>
        <source>The motion as a skeleton in 3D</source>
        <translation>Die Bewegung als Skelett in 3D</translation>
    </message>
    <message>
        <source>Poses</source>
        <translation>Posen</translation>
    </message>
    <message>
        <source>The poses over the portrait</source>
        <translation>Die Posen über dem Porträt</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>What is rendered</source>
        <translation>Was gerendert ist</translation>
    </message>
    <message>
        <source>Portrait rig</source>
        <translation>Porträt-Rig</translation>
    </message>
    <message>
        <source>The points of the portrait</source>
        <translation>Die Punkte des Porträts</translation>
    </message>
    <message>
        <source>Preparing the view …</source>
        <translation>Die Ansicht wird vorbereitet …</translation>
    </message>
</context>
<context>
    <name>ProjectPage</name>
    <message>
        <source>{fps} fps</source>
        <translation>{fps} B/s</translation>
    </message>
    <message>
        <source>Portrait</source>
        <translation type="unfinished">Porträt</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation type="unfinished">Aufnahme</translation>
    </message>
    <message>
        <source>Replace the portrait</source>
        <translation>Porträt ersetzen</translation>
    </message>
    <message>
        <source>Edit the ri&amp;g</source>
        <translation>Ri&amp;g bearbeiten</translation>
    </message>
    <message>
        <source>Place the points of the portrait</source>
        <translation type="unfinished">Die Punkte des Porträts setzen</translation>
    </message>
    <message>
        <source>Edit the rig</source>
        <translation type="unfinished">Rig bearbeiten</translation>
    </message>
    <message>
        <source>Replace the recording</source>
        <translation>Aufnahme ersetzen</translation>
    </message>
    <message>
        <source>Base seed</source>
        <translation>Grundstartwert</translation>
    </message>
    <message>
        <source>Seed of everything random, except in segments that have their own</source>
        <translation>Startwert alles Zufälligen, außer in Segmenten mit eigenem</translation>
    </message>
    <message>
        <source>Height of the video</source>
        <translation>Höhe des Videos</translation>
    </message>
    <message>
        <source>Height in pixels; the width follows from the portrait</source>
        <translation>Höhe in Pixeln; die Breite folgt aus dem Porträt</translation>
    </message>
    <message>
        <source>Frames per second</source>
        <translation>Bilder je Sekunde</translation>
    </message>
    <message>
        <source>Frames per second of the video</source>
        <translation>Bilder je Sekunde des Videos</translation>
    </message>
    <message>
        <source>Poses</source>
        <translation type="unfinished">Posen</translation>
    </message>
    <message>
        <source>How the 3D motion becomes poses in the picture</source>
        <translation>Wie aus der 3D-Bewegung Posen im Bild werden</translation>
    </message>
    <message>
        <source>From real poses</source>
        <translation>Aus echten Posen</translation>
    </message>
    <message>
        <source>Direct projection</source>
        <translation>Direkte Projektion</translation>
    </message>
    <message>
        <source>Clean &amp;up the motion</source>
        <translation>Bewegung &amp;bereinigen</translation>
    </message>
    <message>
        <source>Clean up the motion</source>
        <translation>Bewegung bereinigen</translation>
    </message>
    <message>
        <source>Standing feet do not slide, nothing sinks into the floor, jitter is smoothed, a still body breathes</source>
        <translation>Stehende Füße rutschen nicht, nichts versinkt im Boden, Zittern wird geglättet, ein stiller Körper atmet</translation>
    </message>
    <message>
        <source>Walking</source>
        <translation>Gehen</translation>
    </message>
    <message>
        <source>Whether walking leads away or comes back to the spot</source>
        <translation>Ob Gehen wegführt oder auf der Stelle bleibt</translation>
    </message>
    <message>
        <source>As the portrait needs</source>
        <translation>Je nach Porträt</translation>
    </message>
    <message>
        <source>Stays on the spot</source>
        <translation>Bleibt auf der Stelle</translation>
    </message>
    <message>
        <source>Leads away</source>
        <translation>Führt weg</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>Projekt</translation>
    </message>
    <message>
        <source>Select a segment in the timeline to direct it.</source>
        <translation>Wählen Sie ein Segment der Zeitleiste, um es zu führen.</translation>
    </message>
    <message>
        <source>Motion</source>
        <translation>Bewegung</translation>
    </message>
    <message>
        <source>Base see&amp;d</source>
        <translation>Grun&amp;dstartwert</translation>
    </message>
    <message>
        <source>P&amp;oses</source>
        <translation>P&amp;osen</translation>
    </message>
    <message>
        <source>&amp;Walking</source>
        <translation>Ge&amp;hen</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>&amp;Height</source>
        <translation>&amp;Höhe</translation>
    </message>
    <message>
        <source>Fra&amp;me rate</source>
        <translation>&amp;Bildrate</translation>
    </message>
</context>
<context>
    <name>PromptConfidence</name>
    <message>
        <source>Remark about the prompt</source>
        <translation type="unfinished">Bemerkung zur Anweisung</translation>
    </message>
    <message>
        <source>The motion networks do not know how to do this. What they know sounds like this at most:</source>
        <translation>Die Bewegungsnetze wissen nicht, wie das geht. Was sie kennen, klingt höchstens so:</translation>
    </message>
    <message>
        <source>Understood as “{wording}” (likeness {percent} %)</source>
        <translation>Verstanden als „{wording}“ (Ähnlichkeit {percent} %)</translation>
    </message>
    <message>
        <source>Well known to the motion networks</source>
        <translation>Den Bewegungsnetzen gut bekannt</translation>
    </message>
    <message>
        <source>Take the prompt: {text}</source>
        <translation>Diese Anweisung nehmen: {text}</translation>
    </message>
</context>
<context>
    <name>PromptEditor</name>
    <message>
        <source>What does the person do?</source>
        <translation>Was tut die Person?</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Anweisung</translation>
    </message>
    <message>
        <source>Enter takes the text, Esc gives it up, Tab goes to the next segment.</source>
        <translation>Enter übernimmt den Text, Esc verwirft ihn, Tab geht zum nächsten Segment.</translation>
    </message>
    <message>
        <source>What the person does, for example “wave with the left hand”</source>
        <translation>Was die Person tut, zum Beispiel „wave with the left hand“</translation>
    </message>
    <message>
        <source>Suggestions</source>
        <translation>Vorschläge</translation>
    </message>
</context>
<context>
    <name>PromptField</name>
    <message>
        <source>Prompt</source>
        <translation>Anweisung</translation>
    </message>
    <message>
        <source>What the person does. Return takes the text, Down chooses a suggestion, Escape goes back.</source>
        <translation>Was die Person tut. Enter übernimmt den Text, Pfeil ab wählt einen Vorschlag, Esc geht zurück.</translation>
    </message>
    <message>
        <source>Speech alone. Write what the person does, such as: wave with the right hand</source>
        <translation>Nur Sprache. Schreiben Sie, was die Person tut, etwa: wave with the right hand</translation>
    </message>
    <message>
        <source>Suggested prompts</source>
        <translation>Vorgeschlagene Anweisungen</translation>
    </message>
    <message>
        <source>{text}
Likeness {percent} %</source>
        <translation>{text}
Ähnlichkeit {percent} %</translation>
    </message>
</context>
<context>
    <name>RecoveryDialog</name>
    <message>
        <source>Recover unsaved work</source>
        <translation>Nicht gespeicherte Arbeit wiederherstellen</translation>
    </message>
    <message>
        <source>The program ended while there was unsaved work. Choose which state to open. Your own project files stay as they are until you save.</source>
        <translation>Das Programm endete mit nicht gespeicherter Arbeit. Wählen Sie, welcher Stand geöffnet wird. Ihre eigenen Projektdateien bleiben, wie sie sind, bis Sie speichern.</translation>
    </message>
    <message>
        <source>Unsaved states</source>
        <translation>Nicht gespeicherte Stände</translation>
    </message>
    <message>
        <source>Choose a state; Return opens it</source>
        <translation>Einen Stand wählen; Enter öffnet ihn</translation>
    </message>
    <message>
        <source>Saved at</source>
        <translation>Gespeichert um</translation>
    </message>
    <message>
        <source>Segments</source>
        <translation>Segmente</translation>
    </message>
    <message>
        <source>Remark</source>
        <translation>Bemerkung</translation>
    </message>
    <message>
        <source>&amp;Recover</source>
        <translation>&amp;Wiederherstellen</translation>
    </message>
    <message>
        <source>Open this state; it is saved only when you say so</source>
        <translation>Diesen Stand öffnen; gespeichert wird erst, wenn Sie es sagen</translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation>&amp;Später</translation>
    </message>
    <message>
        <source>Keep the states and ask again at the next start</source>
        <translation>Die Stände behalten und beim nächsten Start wieder fragen</translation>
    </message>
    <message>
        <source>&amp;Discard all</source>
        <translation>Alle &amp;verwerfen</translation>
    </message>
    <message>
        <source>Remove these states; saved project files stay</source>
        <translation>Diese Stände entfernen; gespeicherte Projektdateien bleiben</translation>
    </message>
    <message>
        <source>never saved</source>
        <translation>nie gespeichert</translation>
    </message>
    <message>
        <source>The saved project is newer</source>
        <translation>Das gespeicherte Projekt ist neuer</translation>
    </message>
    <message>
        <source>Discard unsaved work</source>
        <translation>Nicht gespeicherte Arbeit verwerfen</translation>
    </message>
    <message>
        <source>Remove these states for good? What was not saved in a project file is lost.</source>
        <translation>Diese Stände endgültig entfernen? Was in keiner Projektdatei gespeichert ist, geht verloren.</translation>
    </message>
    <message>
        <source>&amp;Discard</source>
        <translation>&amp;Verwerfen</translation>
    </message>
</context>
<context>
    <name>RelinkDialog</name>
    <message>
        <source>Missing media</source>
        <translation>Fehlende Medien</translation>
    </message>
    <message>
        <source>Some files of this project are not where they were. Say where they are, or go on without them.</source>
        <translation>Einige Dateien dieses Projekts sind nicht, wo sie waren. Sagen Sie, wo sie sind, oder machen Sie ohne sie weiter.</translation>
    </message>
    <message>
        <source>&amp;Search a folder…</source>
        <translation>Ordner &amp;durchsuchen …</translation>
    </message>
    <message>
        <source>Look for all of these files in a folder and those below it</source>
        <translation>Alle diese Dateien in einem Ordner und darunter suchen</translation>
    </message>
    <message>
        <source>Search a folder</source>
        <translation>Ordner durchsuchen</translation>
    </message>
    <message>
        <source>&amp;Use these files</source>
        <translation>Diese Dateien &amp;verwenden</translation>
    </message>
    <message>
        <source>Go on &amp;without</source>
        <translation>&amp;Ohne weiter</translation>
    </message>
    <message>
        <source>Open the project without these files; nothing of it is lost</source>
        <translation>Das Projekt ohne diese Dateien öffnen; nichts davon geht verloren</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Say where {name} is now</source>
        <translation>Sagen, wo {name} jetzt ist</translation>
    </message>
    <message>
        <source>Choose the file for {name}</source>
        <translation>Die Datei für {name} wählen</translation>
    </message>
    <message>
        <source>Portrait</source>
        <translation type="unfinished">Porträt</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation type="unfinished">Aufnahme</translation>
    </message>
    <message>
        <source>Rig file</source>
        <translation>Rigdatei</translation>
    </message>
    <message>
        <source>{role} ({patterns})</source>
        <translation>{role} ({patterns})</translation>
    </message>
    <message>
        <source>Where is {name}?</source>
        <translation>Wo ist {name}?</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Where to look for the files?</source>
        <translation>Wo sollen die Dateien gesucht werden?</translation>
    </message>
    <message>
        <source>Found: {place}</source>
        <translation>Gefunden: {place}</translation>
    </message>
    <message>
        <source>Was: {place}</source>
        <translation>War: {place}</translation>
    </message>
    <message>
        <source>{n} still missing.</source>
        <translation>{n} fehlen noch.</translation>
    </message>
    <message>
        <source>All files were found.</source>
        <translation>Alle Dateien wurden gefunden.</translation>
    </message>
</context>
<context>
    <name>RenderForecast</name>
    <message>
        <source>The weights of this renderer are missing.</source>
        <translation>Die Gewichte dieses Renderers fehlen.</translation>
    </message>
    <message>
        <source> and </source>
        <translation> und </translation>
    </message>
    <message>
        <source>Weights are missing: {names}. The model manager gets them.</source>
        <translation>Es fehlen Gewichte: {names}. Die Modellverwaltung holt sie.</translation>
    </message>
    <message>
        <source>The graphics card that was asked for is not there.</source>
        <translation>Die verlangte Grafikkarte ist nicht da.</translation>
    </message>
    <message>
        <source>There is too little memory. A smaller size or profile needs less.</source>
        <translation>Der Speicher reicht nicht. Eine kleinere Größe oder ein kleineres Profil braucht weniger.</translation>
    </message>
    <message>
        <source>There is too little memory: about {needed} are needed, {free} can be used. A smaller size or profile needs less.</source>
        <translation>Der Speicher reicht nicht: etwa {needed} werden gebraucht, {free} sind nutzbar. Eine kleinere Größe oder ein kleineres Profil braucht weniger.</translation>
    </message>
    <message>
        <source>There is no graphics card that can be used, and the processor is very slow.</source>
        <translation>Es gibt keine nutzbare Grafikkarte, und der Prozessor ist sehr langsam.</translation>
    </message>
    <message>
        <source>About {needed} of memory are needed, but only {free} are free.</source>
        <translation>Etwa {needed} Speicher werden gebraucht, aber nur {free} sind frei.</translation>
    </message>
    <message>
        <source>Everything is rendered already.</source>
        <translation>Alles ist schon gerendert.</translation>
    </message>
    <message>
        <source>About {time} for {frames} frames, {memory} of memory.</source>
        <translation>Etwa {time} für {frames} Bilder, {memory} Speicher.</translation>
    </message>
    <message>
        <source>At least {time} for {frames} frames, about {memory} of memory.</source>
        <translation>Mindestens {time} für {frames} Bilder, etwa {memory} Speicher.</translation>
    </message>
</context>
<context>
    <name>RenderOptions</name>
    <message>
        <source>Renderer</source>
        <translation type="unfinished">Renderer</translation>
    </message>
    <message>
        <source>What makes the pictures of the video</source>
        <translation type="unfinished">Was die Bilder des Videos macht</translation>
    </message>
    <message>
        <source>Draft puppet</source>
        <translation type="unfinished">Entwurfspuppe</translation>
    </message>
    <message>
        <source>What the renderer needs</source>
        <translation>Was der Renderer braucht</translation>
    </message>
    <message>
        <source>What is missing for the renderer</source>
        <translation>Was dem Renderer fehlt</translation>
    </message>
    <message>
        <source>What a render of the whole recording takes</source>
        <translation>Was das Rendern der ganzen Aufnahme kostet</translation>
    </message>
    <message>
        <source>Model manager…</source>
        <translation>Modelle …</translation>
    </message>
    <message>
        <source>Get the weights that are missing</source>
        <translation>Die fehlenden Gewichte holen</translation>
    </message>
    <message>
        <source>Use the draft</source>
        <translation>Entwurf nehmen</translation>
    </message>
    <message>
        <source>Render with the draft puppet, which needs nothing</source>
        <translation>Mit der Entwurfspuppe rendern, die nichts braucht</translation>
    </message>
    <message>
        <source>Reset the options</source>
        <translation>Optionen zurücksetzen</translation>
    </message>
    <message>
        <source>Set all options of this renderer to what they are at first</source>
        <translation>Alle Optionen dieses Renderers auf ihre ersten Werte setzen</translation>
    </message>
    <message>
        <source>As the card allows</source>
        <translation>Wie die Karte erlaubt</translation>
    </message>
    <message>
        <source>{n} GB</source>
        <translation>{n} GB</translation>
    </message>
    <message>
        <source>No limit</source>
        <translation>Ohne Grenze</translation>
    </message>
    <message>
        <source>Memory profile</source>
        <translation>Speicherprofil</translation>
    </message>
    <message>
        <source>How much memory of the graphics card may be used; less is slower</source>
        <translation>Wie viel Speicher der Grafikkarte benutzt werden darf; weniger ist langsamer</translation>
    </message>
    <message>
        <source>Denoising steps</source>
        <translation>Entrauschungsschritte</translation>
    </message>
    <message>
        <source>More steps take longer and give finer pictures; {n} are usual</source>
        <translation>Mehr Schritte dauern länger und geben feinere Bilder; üblich sind {n}</translation>
    </message>
    <message>
        <source>Size of the network's picture</source>
        <translation>Größe des Bildes im Netz</translation>
    </message>
    <message>
        <source>Its short side, before it is scaled to the video; the network was trained with {n} px</source>
        <translation>Seine kurze Seite, bevor es auf das Video skaliert wird; trainiert wurde das Netz mit {n} px</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>Führung</translation>
    </message>
    <message>
        <source>How strictly portrait and poses are followed; 1 takes half the time.</source>
        <translation>Wie streng Porträt und Posen befolgt werden; 1 braucht etwa die halbe Zeit.</translation>
    </message>
    <message>
        <source>Pose strength</source>
        <translation>Stärke der Posen</translation>
    </message>
    <message>
        <source>Weight of the poses.</source>
        <translation>Gewicht der Posen.</translation>
    </message>
    <message>
        <source>Face controls</source>
        <translation>Steuerung des Gesichts</translation>
    </message>
    <message>
        <source>Weight of speech, emotion and blinking on the face; 0 leaves them out.</source>
        <translation>Gewicht von Sprache, Gefühl und Blinzeln im Gesicht; 0 lässt sie weg.</translation>
    </message>
    <message>
        <source>Hold the colours</source>
        <translation>Farben halten</translation>
    </message>
    <message>
        <source>How much of a drift of the colours is taken back.</source>
        <translation>Wie viel eines Wanderns der Farben zurückgenommen wird.</translation>
    </message>
    <message>
        <source>Seed of the pictures</source>
        <translation>Startwert der Bilder</translation>
    </message>
    <message>
        <source>Another seed gives other details; empty: the project's</source>
        <translation>Ein anderer Startwert gibt andere Einzelheiten; leer: der des Projekts</translation>
    </message>
    <message>
        <source>Fast mode</source>
        <translation>Schneller Modus</translation>
    </message>
    <message>
        <source>Ten steps along a shorter schedule: quicker, less fine</source>
        <translation>Zehn Schritte nach einem kürzeren Plan: schneller, weniger fein</translation>
    </message>
    <message>
        <source>Keep the background still</source>
        <translation>Hintergrund ruhig halten</translation>
    </message>
    <message>
        <source>Show the portrait's own pixels where the person never is</source>
        <translation>Wo die Person nie ist, die Bildpunkte des Porträts zeigen</translation>
    </message>
    <message>
        <source>Re&amp;nderer</source>
        <translation type="unfinished">Re&amp;nderer</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation type="unfinished">Speicher</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished">Größe</translation>
    </message>
    <message>
        <source>Poses</source>
        <translation type="unfinished">Posen</translation>
    </message>
    <message>
        <source>Face</source>
        <translation type="unfinished">Gesicht</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="unfinished">Startwert</translation>
    </message>
    <message>
        <source>Fast mode takes ten steps at most</source>
        <translation>Der schnelle Modus macht höchstens zehn Schritte</translation>
    </message>
</context>
<context>
    <name>RenderQuestion</name>
    <message>
        <source>Render</source>
        <translation>Rendern</translation>
    </message>
    <message>
        <source>This render takes very long or more memory than is free.</source>
        <translation>Dieses Rendern dauert sehr lange oder braucht mehr Speicher, als frei ist.</translation>
    </message>
    <message>
        <source>This renderer cannot work here.</source>
        <translation>Dieser Renderer kann hier nicht arbeiten.</translation>
    </message>
    <message>
        <source>&amp;Render all the same</source>
        <translation>&amp;Trotzdem rendern</translation>
    </message>
    <message>
        <source>Open the &amp;model manager</source>
        <translation>&amp;Modellverwaltung öffnen</translation>
    </message>
    <message>
        <source>Use the &amp;draft</source>
        <translation>&amp;Entwurf nehmen</translation>
    </message>
    <message>
        <source>Render with the draft puppet, which needs nothing</source>
        <translation>Mit der Entwurfspuppe rendern, die nichts braucht</translation>
    </message>
</context>
<context>
    <name>RenderQueueView</name>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Nochmals versuchen</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>Aus der Liste entfernen</translation>
    </message>
    <message>
        <source>Render queue</source>
        <translation type="unfinished">Renderliste</translation>
    </message>
    <message>
        <source>Space pauses or goes on, R tries again, Return plays the result, Delete cancels or removes.</source>
        <translation>Leertaste hält an oder setzt fort, R versucht nochmals, Enter spielt das Ergebnis, Entf bricht ab oder entfernt.</translation>
    </message>
    <message>
        <source>Nothing to render.
Render a selection with Shift+Return or export the whole.</source>
        <translation>Nichts zu rendern.
Rendern Sie eine Auswahl mit Umschalt+Enter, oder exportieren Sie das Ganze.</translation>
    </message>
    <message>
        <source>Take up again what was left of the last time</source>
        <translation>Wieder aufnehmen, was vom letzten Mal übrig ist</translation>
    </message>
    <message>
        <source>Go on with the render</source>
        <translation>Auftrag fortsetzen</translation>
    </message>
    <message>
        <source>Go on with {count} renders</source>
        <translation>{count} Aufträge fortsetzen</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Pausing …</source>
        <translation>Hält an …</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Cancelling …</source>
        <translation>Bricht ab …</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Abgebrochen.</translation>
    </message>
    <message>
        <source>Interrupted; finished pieces are kept.</source>
        <translation>Unterbrochen; fertige Stücke bleiben.</translation>
    </message>
    <message>
        <source>Failed.</source>
        <translation>Fehlgeschlagen.</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>, {done} of {total}</source>
        <translation>, {done} von {total}</translation>
    </message>
    <message>
        <source>, {time} left</source>
        <translation>, noch {time}</translation>
    </message>
    <message>
        <source> at {percent} %</source>
        <translation> bei {percent} %</translation>
    </message>
    <message>
        <source>, queued at {time}</source>
        <translation>, eingereiht um {time}</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Startet</translation>
    </message>
    <message>
        <source>Making the motion</source>
        <translation>Bewegung entsteht</translation>
    </message>
    <message>
        <source>Making the poses</source>
        <translation>Posen entstehen</translation>
    </message>
    <message>
        <source>Rendering</source>
        <translation>Rendert</translation>
    </message>
    <message>
        <source>Writing the video</source>
        <translation>Video wird geschrieben</translation>
    </message>
    <message>
        <source>Copy what it says</source>
        <translation>Text kopieren</translation>
    </message>
</context>
<context>
    <name>RigCanvas</name>
    <message>
        <source>Portrait with its rig</source>
        <translation>Porträt mit seinem Rig</translation>
    </message>
    <message>
        <source>Tab goes through the points, the arrow keys move the selected one, with Shift by ten pixels, H hides or shows it, Backspace puts it back to the proposal.</source>
        <translation>Tab geht durch die Punkte, die Pfeiltasten bewegen den gewählten, mit Umschalt um zehn Pixel, H verbirgt oder zeigt ihn, Rücktaste setzt ihn auf den Vorschlag zurück.</translation>
    </message>
    <message>
        <source>Show the point</source>
        <translation>Punkt zeigen</translation>
    </message>
    <message>
        <source>Hide the point</source>
        <translation>Punkt verbergen</translation>
    </message>
    <message>
        <source>Back to the proposal</source>
        <translation>Zurück zum Vorschlag</translation>
    </message>
    <message>
        <source>The portrait is being read …</source>
        <translation>Das Porträt wird gelesen …</translation>
    </message>
    <message>
        <source> (hidden)</source>
        <translation> (verborgen)</translation>
    </message>
    <message>
        <source> ({percent} % sure)</source>
        <translation> ({percent} % sicher)</translation>
    </message>
</context>
<context>
    <name>RigEditor</name>
    <message>
        <source>Points</source>
        <translation>Punkte</translation>
    </message>
    <message>
        <source>Move points</source>
        <translation>Punkte bewegen</translation>
    </message>
    <message>
        <source>Cut-out</source>
        <translation>Freisteller</translation>
    </message>
    <message>
        <source>Paint what belongs to the person and what does not</source>
        <translation>Malen, was zur Person gehört und was nicht</translation>
    </message>
    <message>
        <source>Mirrored editing</source>
        <translation>Gespiegelt bearbeiten</translation>
    </message>
    <message>
        <source>Mirrored editing: the same point of the other side moves, too</source>
        <translation>Gespiegelt bearbeiten: Derselbe Punkt der anderen Seite bewegt sich mit</translation>
    </message>
    <message>
        <source>Sleeve</source>
        <translation>Ärmel</translation>
    </message>
    <message>
        <source>What covers the arms; it decides where the arm's picture may be cut</source>
        <translation>Was die Arme bedeckt; danach richtet sich, wo das Bild des Arms geschnitten wird</translation>
    </message>
    <message>
        <source>No sleeve</source>
        <translation>Kein Ärmel</translation>
    </message>
    <message>
        <source>Half sleeve</source>
        <translation>Halber Ärmel</translation>
    </message>
    <message>
        <source>Long sleeve</source>
        <translation>Langer Ärmel</translation>
    </message>
    <message>
        <source>Undo in the rig</source>
        <translation>Rückgängig im Rig</translation>
    </message>
    <message>
        <source>Undo the last edit here (Ctrl+Z)</source>
        <translation>Die letzte Änderung hier zurücknehmen (Strg+Z)</translation>
    </message>
    <message>
        <source>Redo in the rig</source>
        <translation>Wiederholen im Rig</translation>
    </message>
    <message>
        <source>Redo (Ctrl+Shift+Z)</source>
        <translation>Wiederholen (Strg+Umschalt+Z)</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation type="unfinished">Alle zurücksetzen</translation>
    </message>
    <message>
        <source>Put everything back to what the program proposed</source>
        <translation>Alles auf den Vorschlag des Programms zurücksetzen</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Einpassen</translation>
    </message>
    <message>
        <source>Show the whole portrait (0)</source>
        <translation>Das ganze Porträt zeigen (0)</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>Vergrößern</translation>
    </message>
    <message>
        <source>Zoom in (+, wheel)</source>
        <translation>Vergrößern (+, Rad)</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>Verkleinern</translation>
    </message>
    <message>
        <source>Zoom out (-, wheel)</source>
        <translation>Verkleinern (-, Rad)</translation>
    </message>
    <message>
        <source>Selected point</source>
        <translation>Gewählter Punkt</translation>
    </message>
    <message>
        <source>The selected point; Tab goes through them in the picture</source>
        <translation>Der gewählte Punkt; Tab geht im Bild durch sie</translation>
    </message>
    <message>
        <source>No point selected</source>
        <translation>Kein Punkt gewählt</translation>
    </message>
    <message>
        <source>&amp;Visible</source>
        <translation>&amp;Sichtbar</translation>
    </message>
    <message>
        <source>Visible</source>
        <translation>Sichtbar</translation>
    </message>
    <message>
        <source>Whether the portrait shows this point (H, or double click on it)</source>
        <translation>Ob das Porträt diesen Punkt zeigt (H, oder Doppelklick darauf)</translation>
    </message>
    <message>
        <source>Reset point</source>
        <translation>Punkt zurücksetzen</translation>
    </message>
    <message>
        <source>Put this point back to the proposal (Backspace)</source>
        <translation>Diesen Punkt auf den Vorschlag zurücksetzen (Rücktaste)</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Paint over what is the person (right button: remove)</source>
        <translation>Übermalen, was die Person ist (rechte Taste: entfernen)</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished">Entfernen</translation>
    </message>
    <message>
        <source>Paint over what is not the person (X swaps)</source>
        <translation>Übermalen, was nicht die Person ist (X wechselt)</translation>
    </message>
    <message>
        <source>Brush size</source>
        <translation>Pinselgröße</translation>
    </message>
    <message>
        <source>Size of the brush ([ and ], or Ctrl and the wheel)</source>
        <translation>Größe des Pinsels ([ und ], oder Strg und Rad)</translation>
    </message>
    <message>
        <source>Clear the brush</source>
        <translation>Pinsel löschen</translation>
    </message>
    <message>
        <source>Take all strokes of the brush away</source>
        <translation>Alle Pinselstriche wegnehmen</translation>
    </message>
    <message>
        <source>Si&amp;ze</source>
        <translation>&amp;Größe</translation>
    </message>
    <message>
        <source>Click or Tab to a point, drag it or use the arrow keys.</source>
        <translation>Klicken oder Tab zu einem Punkt; ziehen oder mit den Pfeiltasten bewegen.</translation>
    </message>
    <message>
        <source>Finding the person …</source>
        <translation>Die Person wird gesucht …</translation>
    </message>
    <message>
        <source>Red is cut away.</source>
        <translation>Rot wird weggeschnitten.</translation>
    </message>
</context>
<context>
    <name>RigHandles</name>
    <message>
        <source>Nose</source>
        <translation>Nase</translation>
    </message>
    <message>
        <source>Neck</source>
        <translation>Hals</translation>
    </message>
    <message>
        <source>Right shoulder</source>
        <translation>Rechte Schulter</translation>
    </message>
    <message>
        <source>Right elbow</source>
        <translation>Rechter Ellbogen</translation>
    </message>
    <message>
        <source>Right wrist</source>
        <translation>Rechtes Handgelenk</translation>
    </message>
    <message>
        <source>Left shoulder</source>
        <translation>Linke Schulter</translation>
    </message>
    <message>
        <source>Left elbow</source>
        <translation>Linker Ellbogen</translation>
    </message>
    <message>
        <source>Left wrist</source>
        <translation>Linkes Handgelenk</translation>
    </message>
    <message>
        <source>Right hip</source>
        <translation>Rechte Hüfte</translation>
    </message>
    <message>
        <source>Right knee</source>
        <translation>Rechtes Knie</translation>
    </message>
    <message>
        <source>Right ankle</source>
        <translation>Rechter Knöchel</translation>
    </message>
    <message>
        <source>Left hip</source>
        <translation>Linke Hüfte</translation>
    </message>
    <message>
        <source>Left knee</source>
        <translation>Linkes Knie</translation>
    </message>
    <message>
        <source>Left ankle</source>
        <translation>Linker Knöchel</translation>
    </message>
    <message>
        <source>Right eye</source>
        <translation>Rechtes Auge</translation>
    </message>
    <message>
        <source>Left eye</source>
        <translation>Linkes Auge</translation>
    </message>
    <message>
        <source>Right ear</source>
        <translation>Rechtes Ohr</translation>
    </message>
    <message>
        <source>Left ear</source>
        <translation>Linkes Ohr</translation>
    </message>
    <message>
        <source>Left fingertip</source>
        <translation>Linke Fingerspitze</translation>
    </message>
    <message>
        <source>Right fingertip</source>
        <translation>Rechte Fingerspitze</translation>
    </message>
    <message>
        <source>Mouth</source>
        <translation>Mund</translation>
    </message>
    <message>
        <source>Right corner of the mouth</source>
        <translation>Rechter Mundwinkel</translation>
    </message>
    <message>
        <source>Left corner of the mouth</source>
        <translation>Linker Mundwinkel</translation>
    </message>
    <message>
        <source>Face box</source>
        <translation>Gesichtsrahmen</translation>
    </message>
    <message>
        <source>Face box, top left</source>
        <translation>Gesichtsrahmen, oben links</translation>
    </message>
    <message>
        <source>Face box, top (brows)</source>
        <translation>Gesichtsrahmen, oben (Brauen)</translation>
    </message>
    <message>
        <source>Face box, top right</source>
        <translation>Gesichtsrahmen, oben rechts</translation>
    </message>
    <message>
        <source>Face box, left edge</source>
        <translation>Gesichtsrahmen, linke Kante</translation>
    </message>
    <message>
        <source>Face box, right edge</source>
        <translation>Gesichtsrahmen, rechte Kante</translation>
    </message>
    <message>
        <source>Face box, bottom left</source>
        <translation>Gesichtsrahmen, unten links</translation>
    </message>
    <message>
        <source>Face box, bottom (chin)</source>
        <translation>Gesichtsrahmen, unten (Kinn)</translation>
    </message>
    <message>
        <source>Face box, bottom right</source>
        <translation>Gesichtsrahmen, unten rechts</translation>
    </message>
</context>
<context>
    <name>RowHead</name>
    <message>
        <source>Unlock the track</source>
        <translation>Spur entsperren</translation>
    </message>
    <message>
        <source>Lock the track against changes</source>
        <translation>Spur gegen Änderungen sperren</translation>
    </message>
    <message>
        <source>Lock the track {name}</source>
        <translation>Spur {name} sperren</translation>
    </message>
    <message>
        <source>Let the track direct the person again</source>
        <translation>Die Spur wieder die Person führen lassen</translation>
    </message>
    <message>
        <source>Ignore the track</source>
        <translation>Spur übergehen</translation>
    </message>
    <message>
        <source>Ignore the track {name}</source>
        <translation>Spur {name} übergehen</translation>
    </message>
</context>
<context>
    <name>SeedField</name>
    <message>
        <source>Throw a new seed</source>
        <translation>Neuen Startwert würfeln</translation>
    </message>
    <message>
        <source>Use the project's seed</source>
        <translation>Startwert des Projekts verwenden</translation>
    </message>
    <message>
        <source>Several</source>
        <translation>Verschieden</translation>
    </message>
    <message>
        <source>{seed} (project)</source>
        <translation>{seed} (Projekt)</translation>
    </message>
</context>
<context>
    <name>SegmentPage</name>
    <message>
        <source>State of the motion</source>
        <translation>Stand der Bewegung</translation>
    </message>
    <message>
        <source>&amp;Locked</source>
        <translation>Ge&amp;sperrt</translation>
    </message>
    <message>
        <source>Edits and new motion leave a locked segment alone (Ctrl+L)</source>
        <translation>Änderungen und neue Bewegung lassen ein gesperrtes Segment in Ruhe (Strg+L)</translation>
    </message>
    <message>
        <source>Locked</source>
        <translation>Gesperrt</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Anfang</translation>
    </message>
    <message>
        <source>When the segment starts; the end stays. Up and Down step by frames</source>
        <translation>Wann das Segment beginnt; das Ende bleibt. Auf und Ab gehen bildweise</translation>
    </message>
    <message>
        <source>End</source>
        <translation>Ende</translation>
    </message>
    <message>
        <source>When the segment ends; the start stays. Up and Down step by frames</source>
        <translation>Wann das Segment endet; der Anfang bleibt. Auf und Ab gehen bildweise</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>How long the segment is; the start stays</source>
        <translation>Wie lang das Segment ist; der Anfang bleibt</translation>
    </message>
    <message>
        <source>Prompt strength</source>
        <translation>Stärke der Anweisung</translation>
    </message>
    <message>
        <source>How strongly the prompt leads the motion: 0 ignores it, 1 is as trained.</source>
        <translation>Wie stark die Anweisung die Bewegung führt: 0 übergeht sie, 1 ist wie gelernt.</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>The same seed gives the same motion again. Empty uses the project's seed</source>
        <translation>Derselbe Startwert gibt dieselbe Bewegung wieder. Leer nimmt den des Projekts</translation>
    </message>
    <message>
        <source>Body part</source>
        <translation>Körperteil</translation>
    </message>
    <message>
        <source>Which part of the body the prompt is for; prompts for different parts may share time</source>
        <translation>Für welchen Teil des Körpers die Anweisung gilt; Anweisungen für verschiedene Teile dürfen sich überlappen</translation>
    </message>
    <message>
        <source>Walking</source>
        <translation>Gehen</translation>
    </message>
    <message>
        <source>Whether walking leads away or comes back to the spot</source>
        <translation>Ob Gehen wegführt oder auf der Stelle bleibt</translation>
    </message>
    <message>
        <source>As the project</source>
        <translation>Wie das Projekt</translation>
    </message>
    <message>
        <source>Stays on the spot</source>
        <translation>Bleibt auf der Stelle</translation>
    </message>
    <message>
        <source>Leads away</source>
        <translation>Führt weg</translation>
    </message>
    <message>
        <source>Emotion</source>
        <translation type="unfinished">Gefühl</translation>
    </message>
    <message>
        <source>Emotion strength</source>
        <translation>Stärke des Gefühls</translation>
    </message>
    <message>
        <source>Blinking</source>
        <translation>Blinzeln</translation>
    </message>
    <message>
        <source>How often the eyes blink, relative to the natural rate.</source>
        <translation>Wie oft die Augen blinzeln, im Verhältnis zum Natürlichen.</translation>
    </message>
    <message>
        <source>No takes yet. Each new motion of this segment is kept here.</source>
        <translation>Noch keine Versuche. Jede neue Bewegung dieses Segments wird hier behalten.</translation>
    </message>
    <message>
        <source>&amp;Another take</source>
        <translation>&amp;Neuer Versuch</translation>
    </message>
    <message>
        <source>Make other motion with a new seed and keep the present one as a take (R)</source>
        <translation>Mit neuem Startwert eine andere Bewegung machen und die jetzige als Versuch behalten (R)</translation>
    </message>
    <message>
        <source>Another take</source>
        <translation>Neuer Versuch</translation>
    </message>
    <message>
        <source>Neutral</source>
        <translation>Neutral</translation>
    </message>
    <message>
        <source>Happy</source>
        <translation>Fröhlich</translation>
    </message>
    <message>
        <source>Sad</source>
        <translation>Traurig</translation>
    </message>
    <message>
        <source>Angry</source>
        <translation>Wütend</translation>
    </message>
    <message>
        <source>Surprised</source>
        <translation>Überrascht</translation>
    </message>
    <message>
        <source>Fearful</source>
        <translation>Ängstlich</translation>
    </message>
    <message>
        <source>Disgusted</source>
        <translation>Angewidert</translation>
    </message>
    <message>
        <source>Contempt</source>
        <translation>Verächtlich</translation>
    </message>
    <message>
        <source>&amp;Prompt</source>
        <translation>&amp;Anweisung</translation>
    </message>
    <message>
        <source>S&amp;tart</source>
        <translation>An&amp;fang</translation>
    </message>
    <message>
        <source>&amp;End</source>
        <translation>&amp;Ende</translation>
    </message>
    <message>
        <source>Len&amp;gth</source>
        <translation>Län&amp;ge</translation>
    </message>
    <message>
        <source>Motion</source>
        <translation>Bewegung</translation>
    </message>
    <message>
        <source>Bod&amp;y part</source>
        <translation>&amp;Körperteil</translation>
    </message>
    <message>
        <source>St&amp;rength</source>
        <translation>Stä&amp;rke</translation>
    </message>
    <message>
        <source>See&amp;d</source>
        <translation>Start&amp;wert</translation>
    </message>
    <message>
        <source>&amp;Walking</source>
        <translation>Ge&amp;hen</translation>
    </message>
    <message>
        <source>Face</source>
        <translation>Gesicht</translation>
    </message>
    <message>
        <source>E&amp;motion</source>
        <translation>Gefü&amp;hl</translation>
    </message>
    <message>
        <source>Am&amp;ount</source>
        <translation>&amp;Maß</translation>
    </message>
    <message>
        <source>&amp;Blinking</source>
        <translation>&amp;Blinzeln</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>Versuche</translation>
    </message>
    <message>
        <source>What the face shows, and how lively the gestures are</source>
        <translation>Was das Gesicht zeigt und wie lebhaft die Gesten sind</translation>
    </message>
    <message>
        <source>How strongly face and gestures show the emotion.</source>
        <translation>Wie stark Gesicht und Gesten das Gefühl zeigen.</translation>
    </message>
    <message>
        <source>Prompt segment</source>
        <translation>Anweisungssegment</translation>
    </message>
    <message>
        <source>Emotion segment</source>
        <translation>Gefühlssegment</translation>
    </message>
    <message>
        <source>{n} segments</source>
        <translation>{n} Segmente</translation>
    </message>
    <message>
        <source>Several prompts. What is written here replaces all of them.</source>
        <translation>Mehrere Anweisungen. Was hier geschrieben wird, ersetzt alle.</translation>
    </message>
    <message>
        <source>Speech alone. Write what the person does, such as: wave with the right hand</source>
        <translation>Nur Sprache. Schreiben Sie, was die Person tut, etwa: wave with the right hand</translation>
    </message>
    <message>
        <source>The segment or its track is locked.</source>
        <translation>Das Segment oder seine Spur ist gesperrt.</translation>
    </message>
    <message>
        <source>No motion yet</source>
        <translation>Noch keine Bewegung</translation>
    </message>
    <message>
        <source>Waiting for its motion</source>
        <translation>Wartet auf seine Bewegung</translation>
    </message>
    <message>
        <source>Motion is being made</source>
        <translation>Bewegung entsteht</translation>
    </message>
    <message>
        <source>Motion is ready</source>
        <translation>Bewegung ist da</translation>
    </message>
    <message>
        <source>Changed since its motion was made</source>
        <translation>Geändert, seit seine Bewegung entstand</translation>
    </message>
    <message>
        <source>Its motion could not be made</source>
        <translation>Seine Bewegung konnte nicht gemacht werden</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>Prompts</source>
        <translation type="unfinished">Anweisungen</translation>
    </message>
    <message>
        <source>Emotion</source>
        <translation type="unfinished">Gefühl</translation>
    </message>
    <message>
        <source>The project has no file yet; choose a name for it.</source>
        <translation>Das Projekt hat noch keine Datei; wählen Sie einen Namen.</translation>
    </message>
    <message>
        <source>The folder of {0} cannot be written; what is computed is kept elsewhere and only until the project is closed. Save it under another name to keep it.</source>
        <translation>Der Ordner von {0} ist schreibgeschützt; Berechnetes liegt anderswo und nur, bis das Projekt geschlossen wird. Speichern Sie es unter einem anderen Namen, um es zu behalten.</translation>
    </message>
    <message>
        <source>before recovery</source>
        <translation>vor der Wiederherstellung</translation>
    </message>
    <message>
        <source>changed elsewhere</source>
        <translation>anderswo geändert</translation>
    </message>
    <message>
        <source>No copy of the earlier state of {0} can be kept: {1}</source>
        <translation>Vom früheren Stand von {0} lässt sich keine Kopie aufheben: {1}</translation>
    </message>
    <message>
        <source>The state of {0} before the recovery is kept as {1}.</source>
        <translation>Der Stand von {0} vor der Wiederherstellung ist als {1} aufgehoben.</translation>
    </message>
    <message>
        <source>{0} was changed by another program meanwhile; its other state is kept as {1}.</source>
        <translation>{0} wurde inzwischen von einem anderen Programm geändert; der andere Stand liegt als {1}.</translation>
    </message>
</context>
<context>
    <name>SessionEdits</name>
    <message>
        <source>Add segment</source>
        <translation>Segment hinzufügen</translation>
    </message>
    <message>
        <source>Move segment</source>
        <translation>Segment verschieben</translation>
    </message>
    <message>
        <source>Move {0} segments</source>
        <translation>{0} Segmente verschieben</translation>
    </message>
    <message>
        <source>Duplicate segment</source>
        <translation>Segment duplizieren</translation>
    </message>
    <message>
        <source>Duplicate {0} segments</source>
        <translation>{0} Segmente duplizieren</translation>
    </message>
    <message>
        <source>Trim start of segment</source>
        <translation>Segmentanfang trimmen</translation>
    </message>
    <message>
        <source>Trim end of segment</source>
        <translation>Segmentende trimmen</translation>
    </message>
    <message>
        <source>Split at playhead</source>
        <translation>Am Abspielkopf teilen</translation>
    </message>
    <message>
        <source>Join segments</source>
        <translation>Segmente verbinden</translation>
    </message>
    <message>
        <source>Delete segment</source>
        <translation>Segment löschen</translation>
    </message>
    <message>
        <source>Delete {0} segments</source>
        <translation>{0} Segmente löschen</translation>
    </message>
    <message>
        <source>Ripple delete segment</source>
        <translation>Segment löschen und aufrücken</translation>
    </message>
    <message>
        <source>Ripple delete {0} segments</source>
        <translation>{0} Segmente löschen und aufrücken</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation type="unfinished">Anweisungen</translation>
    </message>
    <message>
        <source>There is no room for proposed segments beside the existing ones</source>
        <translation>Neben den vorhandenen ist kein Platz für vorgeschlagene Segmente</translation>
    </message>
    <message>
        <source>Propose segments</source>
        <translation>Segmente vorschlagen</translation>
    </message>
    <message>
        <source>Cut segment</source>
        <translation>Segment ausschneiden</translation>
    </message>
    <message>
        <source>Cut {0} segments</source>
        <translation>{0} Segmente ausschneiden</translation>
    </message>
    <message>
        <source>The clipboard holds no segments.</source>
        <translation>Die Zwischenablage hält keine Segmente.</translation>
    </message>
    <message>
        <source>Paste segments</source>
        <translation>Segmente einfügen</translation>
    </message>
    <message>
        <source>Another take</source>
        <translation>Neuer Versuch</translation>
    </message>
    <message>
        <source>Another take of {0} segments</source>
        <translation>Neuer Versuch für {0} Segmente</translation>
    </message>
    <message>
        <source>Use take</source>
        <translation>Versuch verwenden</translation>
    </message>
    <message>
        <source>Favour take</source>
        <translation>Versuch bevorzugen</translation>
    </message>
    <message>
        <source>Take away star</source>
        <translation>Stern wegnehmen</translation>
    </message>
    <message>
        <source>Add marker</source>
        <translation>Marke setzen</translation>
    </message>
    <message>
        <source>Move marker</source>
        <translation>Marke verschieben</translation>
    </message>
    <message>
        <source>Rename marker</source>
        <translation type="unfinished">Marke umbenennen</translation>
    </message>
    <message>
        <source>Remove marker</source>
        <translation type="unfinished">Marke entfernen</translation>
    </message>
    <message>
        <source>Add track</source>
        <translation>Spur hinzufügen</translation>
    </message>
    <message>
        <source>Remove track</source>
        <translation type="unfinished">Spur entfernen</translation>
    </message>
    <message>
        <source>Rename track</source>
        <translation>Spur umbenennen</translation>
    </message>
    <message>
        <source>Lock track</source>
        <translation>Spur sperren</translation>
    </message>
    <message>
        <source>Unlock track</source>
        <translation>Spur entsperren</translation>
    </message>
    <message>
        <source>Mute track</source>
        <translation>Spur stumm schalten</translation>
    </message>
    <message>
        <source>Unmute track</source>
        <translation>Spur wieder einschalten</translation>
    </message>
    <message>
        <source>Change track</source>
        <translation>Spur ändern</translation>
    </message>
    <message>
        <source>Change seed</source>
        <translation>Startwert ändern</translation>
    </message>
    <message>
        <source>Change portrait rig</source>
        <translation>Porträt-Rig ändern</translation>
    </message>
    <message>
        <source>Reset portrait rig</source>
        <translation>Porträt-Rig zurücksetzen</translation>
    </message>
    <message>
        <source>Change output settings</source>
        <translation>Ausgabe ändern</translation>
    </message>
    <message>
        <source>Change renderer options</source>
        <translation>Optionen des Renderers ändern</translation>
    </message>
    <message>
        <source>Reset renderer options</source>
        <translation>Optionen des Renderers zurücksetzen</translation>
    </message>
    <message>
        <source>Change motion settings</source>
        <translation>Bewegungseinstellungen ändern</translation>
    </message>
    <message>
        <source>Change portrait</source>
        <translation>Porträt ändern</translation>
    </message>
    <message>
        <source>Change recording</source>
        <translation>Aufnahme ändern</translation>
    </message>
    <message>
        <source>There is no segment to split at the playhead</source>
        <translation>Am Abspielkopf ist kein Segment zu teilen</translation>
    </message>
    <message>
        <source>Change segment</source>
        <translation>Segment ändern</translation>
    </message>
    <message>
        <source>Lock segment</source>
        <translation>Segment sperren</translation>
    </message>
    <message>
        <source>Unlock segment</source>
        <translation>Segment entsperren</translation>
    </message>
    <message>
        <source>Group segments</source>
        <translation>Segmente gruppieren</translation>
    </message>
    <message>
        <source>Ungroup segments</source>
        <translation>Gruppe auflösen</translation>
    </message>
    <message>
        <source>Edit prompt</source>
        <translation>Anweisung bearbeiten</translation>
    </message>
    <message>
        <source>Change prompt strength</source>
        <translation>Stärke der Anweisung ändern</translation>
    </message>
    <message>
        <source>Change emotion</source>
        <translation>Gefühl ändern</translation>
    </message>
    <message>
        <source>Change emotion strength</source>
        <translation>Stärke des Gefühls ändern</translation>
    </message>
    <message>
        <source>Change blinking</source>
        <translation>Blinzeln ändern</translation>
    </message>
    <message>
        <source>Change body part</source>
        <translation>Körperteil ändern</translation>
    </message>
    <message>
        <source>Change staying on the spot</source>
        <translation>Bleiben auf der Stelle ändern</translation>
    </message>
</context>
<context>
    <name>SessionState</name>
    <message>
        <source>Untitled</source>
        <translation>Unbenannt</translation>
    </message>
    <message>
        <source>The recording ends at {0} s, but the segment {1} runs past it; shorten or move it.</source>
        <translation>Die Aufnahme endet bei {0} s, aber das Segment {1} reicht darüber hinaus; kürzen oder verschieben Sie es.</translation>
    </message>
    <message>
        <source>No project is open.</source>
        <translation>Es ist kein Projekt offen.</translation>
    </message>
</context>
<context>
    <name>ShortcutEditor</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Search by name or by key</source>
        <translation>Nach Name oder Taste suchen</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>Part of a command's name or of a shortcut</source>
        <translation>Teil eines Befehls oder eines Tastenkürzels</translation>
    </message>
    <message>
        <source>Commands and their shortcuts</source>
        <translation>Befehle und ihre Tastenkürzel</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Shortcut</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>New shortcut</source>
        <translation>Neues Tastenkürzel</translation>
    </message>
    <message>
        <source>Click here and press the new keys</source>
        <translation>Hierhin klicken und die neuen Tasten drücken</translation>
    </message>
    <message>
        <source>Set</source>
        <translation>Setzen</translation>
    </message>
    <message>
        <source>Make these keys the only shortcut of the command</source>
        <translation>Diese Tasten zum einzigen Kürzel des Befehls machen</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Add these keys to the command's shortcuts</source>
        <translation>Diese Tasten zu den Kürzeln des Befehls hinzufügen</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Leave the command without a shortcut</source>
        <translation>Den Befehl ohne Kürzel lassen</translation>
    </message>
    <message>
        <source>Give the command its first shortcuts back</source>
        <translation>Dem Befehl seine ersten Kürzel zurückgeben</translation>
    </message>
    <message>
        <source>Conflicts</source>
        <translation>Konflikte</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>Alle zurücksetzen</translation>
    </message>
    <message>
        <source>Give every command its first shortcuts back</source>
        <translation>Jedem Befehl seine ersten Kürzel zurückgeben</translation>
    </message>
    <message>
        <source>New keys:</source>
        <translation>Neue Tasten:</translation>
    </message>
    <message>
        <source>{keys} belongs to more than one command: {names}.</source>
        <translation>{keys} gehört zu mehreren Befehlen: {names}.</translation>
    </message>
    <message>
        <source>{keys} belongs to “{name}” now.</source>
        <translation>{keys} gehört jetzt zu „{name}“.</translation>
    </message>
</context>
<context>
    <name>ShortcutSheet</name>
    <message>
        <source>Shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Search by name or by key</source>
        <translation>Nach Name oder Taste suchen</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>Part of a command's name or of a shortcut</source>
        <translation>Teil eines Befehls oder eines Tastenkürzels</translation>
    </message>
    <message>
        <source>All shortcuts</source>
        <translation>Alle Tastenkürzel</translation>
    </message>
    <message>
        <source>Mouse</source>
        <translation>Maus</translation>
    </message>
    <message>
        <source>Nothing fits.</source>
        <translation>Nichts passt.</translation>
    </message>
</context>
<context>
    <name>SkeletonView</name>
    <message>
        <source>3D view of the motion</source>
        <translation>3D-Ansicht der Bewegung</translation>
    </message>
    <message>
        <source>The 3D view cannot be started: {}</source>
        <translation>Die 3D-Ansicht lässt sich nicht starten: {}</translation>
    </message>
    <message>
        <source>Drag to turn, Shift-drag or middle button to move, wheel to zoom, double click for the front</source>
        <translation>Ziehen dreht, Umschalt+Ziehen oder mittlere Taste verschiebt, Rad vergrößert, Doppelklick zeigt von vorn</translation>
    </message>
    <message>
        <source>Front</source>
        <translation>Vorn</translation>
    </message>
    <message>
        <source>Look the person in the face</source>
        <translation>Der Person ins Gesicht schauen</translation>
    </message>
    <message>
        <source>Side</source>
        <translation>Seite</translation>
    </message>
    <message>
        <source>Look at the person's left side</source>
        <translation>Auf die linke Seite der Person schauen</translation>
    </message>
    <message>
        <source>Top</source>
        <translation>Oben</translation>
    </message>
    <message>
        <source>Look down from above</source>
        <translation>Von oben herabschauen</translation>
    </message>
    <message>
        <source>Portrait</source>
        <translation>Porträt</translation>
    </message>
    <message>
        <source>Look through the portrait's camera</source>
        <translation>Durch die Kamera des Porträts schauen</translation>
    </message>
    <message>
        <source>Time of the pose</source>
        <translation>Zeit der Pose</translation>
    </message>
    <message>
        <source>What the 3D view shows</source>
        <translation>Was die 3D-Ansicht zeigt</translation>
    </message>
    <message>
        <source>Floor</source>
        <translation>Boden</translation>
    </message>
    <message>
        <source>Foot contacts</source>
        <translation>Fußkontakte</translation>
    </message>
    <message>
        <source>Trail of the hips</source>
        <translation>Spur der Hüfte</translation>
    </message>
    <message>
        <source>Trails of the wrists</source>
        <translation>Spuren der Handgelenke</translation>
    </message>
    <message>
        <source>Onion skins</source>
        <translation>Zwiebelschalen</translation>
    </message>
    <message>
        <source>Follow the person</source>
        <translation>Der Person folgen</translation>
    </message>
</context>
<context>
    <name>SliderField</name>
    <message>
        <source>{tip} Double click the slider for {usual}.</source>
        <translation>{tip} Doppelklick auf den Regler gibt {usual}.</translation>
    </message>
</context>
<context>
    <name>StartPage</name>
    <message>
        <source>A portrait, a speech recording and a few words about what the person does become a video.</source>
        <translation>Aus einem Porträt, einer Sprachaufnahme und ein paar Worten darüber, was die Person tut, wird ein Video.</translation>
    </message>
    <message>
        <source>New project</source>
        <translation>Neues Projekt</translation>
    </message>
    <message>
        <source>Make a project from a portrait and a recording</source>
        <translation>Aus einem Porträt und einer Aufnahme ein Projekt anlegen</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open a project</source>
        <translation>Ein Projekt öffnen</translation>
    </message>
    <message>
        <source>Open the sample</source>
        <translation>Beispiel öffnen</translation>
    </message>
    <message>
        <source>Open a copy of the bundled sample project</source>
        <translation>Eine Kopie des mitgelieferten Beispiels öffnen</translation>
    </message>
    <message>
        <source>Or drop a picture, a recording or a project here.</source>
        <translation>Oder legen Sie ein Bild, eine Aufnahme oder ein Projekt hier ab.</translation>
    </message>
    <message>
        <source>Recent projects</source>
        <translation>Letzte Projekte</translation>
    </message>
    <message>
        <source>Enter or double click opens</source>
        <translation>Enter oder Doppelklick öffnet</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>Motion engine</source>
        <translation>Bewegungsmaschine</translation>
    </message>
    <message>
        <source>What the motion engine does</source>
        <translation>Was die Bewegungsmaschine tut</translation>
    </message>
    <message>
        <source>Progress of the motion engine</source>
        <translation>Fortschritt der Bewegungsmaschine</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Time of the playhead, and its frame in the video</source>
        <translation>Zeit des Abspielkopfs und sein Bild im Video</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>What renders compute on, and the sound device</source>
        <translation>Womit gerendert wird, und das Tongerät</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Memory of the window; the motion engine and renders are processes of their own</source>
        <translation>Speicher des Fensters; Bewegungsmaschine und Rendern sind eigene Prozesse</translation>
    </message>
    <message>
        <source>  ·  frame {number}  ·  {fps} fps</source>
        <translation>  ·  Bild {number}  ·  {fps} B/s</translation>
    </message>
</context>
<context>
    <name>StatusMessage</name>
    <message>
        <source>Message</source>
        <translation type="unfinished">Meldung</translation>
    </message>
    <message>
        <source>Return opens it in full, Ctrl+C copies it</source>
        <translation>Die Eingabetaste öffnet sie ganz, Strg+C kopiert sie</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation type="unfinished">&amp;Kopieren</translation>
    </message>
</context>
<context>
    <name>TakesList</name>
    <message>
        <source>just now</source>
        <translation>eben</translation>
    </message>
    <message>
        <source>{n} min ago</source>
        <translation>vor {n} min</translation>
    </message>
    <message>
        <source>{n} h ago</source>
        <translation>vor {n} h</translation>
    </message>
    <message>
        <source>{n} d ago</source>
        <translation>vor {n} Tagen</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>Versuche</translation>
    </message>
    <message>
        <source>Motions made for this segment. Return uses the current one, F marks it as a favourite.</source>
        <translation>Bewegungen dieses Segments. Enter verwendet die gewählte, F kennzeichnet sie als Favorit.</translation>
    </message>
    <message>
        <source>Take {n}, seed {seed}, {state}</source>
        <translation>Versuch {n}, Startwert {seed}, {state}</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>verwendet</translation>
    </message>
</context>
<context>
    <name>TimeField</name>
    <message>
        <source>Current time</source>
        <translation>Jetzige Zeit</translation>
    </message>
    <message>
        <source>Current time. Type where to go and press Return: seconds (12.5), minutes (1:02.5), a timecode (00:01:02:12), or a step (+2, -0.5). Up and Down step by frames.</source>
        <translation>Jetzige Zeit. Schreiben Sie, wohin, und drücken Sie Enter: Sekunden (12.5), Minuten (1:02.5), ein Timecode (00:01:02:12) oder ein Schritt (+2, -0.5). Auf und Ab gehen bildweise.</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Neutral</source>
        <translation>Neutral</translation>
    </message>
    <message>
        <source>Happy</source>
        <translation>Fröhlich</translation>
    </message>
    <message>
        <source>Sad</source>
        <translation>Traurig</translation>
    </message>
    <message>
        <source>Angry</source>
        <translation>Wütend</translation>
    </message>
    <message>
        <source>Surprised</source>
        <translation>Überrascht</translation>
    </message>
    <message>
        <source>Fearful</source>
        <translation>Ängstlich</translation>
    </message>
    <message>
        <source>Disgusted</source>
        <translation>Angewidert</translation>
    </message>
    <message>
        <source>Contempt</source>
        <translation>Verächtlich</translation>
    </message>
    <message>
        <source>Not generated</source>
        <translation>Nicht erzeugt</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Generating…</source>
        <translation>Entsteht …</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>Geändert</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
    <message>
        <source>Another segment is there.</source>
        <translation>Dort ist ein anderes Segment.</translation>
    </message>
    <message>
        <source>The segment is locked.</source>
        <translation>Das Segment ist gesperrt.</translation>
    </message>
    <message>
        <source>The track is locked.</source>
        <translation>Die Spur ist gesperrt.</translation>
    </message>
    <message>
        <source>Prompts and emotions have tracks of their own.</source>
        <translation>Anweisungen und Gefühle haben eigene Spuren.</translation>
    </message>
    <message>
        <source>Segments of several tracks move in time only.</source>
        <translation>Segmente mehrerer Spuren bewegen sich nur in der Zeit.</translation>
    </message>
    <message>
        <source>Speech</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation type="unfinished">Anweisungen</translation>
    </message>
    <message>
        <source>Emotion</source>
        <translation type="unfinished">Gefühl</translation>
    </message>
    <message>
        <source>Motion</source>
        <translation>Bewegung</translation>
    </message>
    <message>
        <source>Video</source>
        <translation type="unfinished">Video</translation>
    </message>
    <message>
        <source>Whole body</source>
        <translation>Ganzer Körper</translation>
    </message>
    <message>
        <source>Upper body</source>
        <translation>Oberkörper</translation>
    </message>
    <message>
        <source>Legs</source>
        <translation>Beine</translation>
    </message>
    <message>
        <source>Left arm</source>
        <translation>Linker Arm</translation>
    </message>
    <message>
        <source>Right arm</source>
        <translation>Rechter Arm</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>Kopf</translation>
    </message>
    <message>
        <source>gesture to the speech</source>
        <translation>Geste zur Sprache</translation>
    </message>
    <message>
        <source>{start} to {end}</source>
        <translation>{start} bis {end}</translation>
    </message>
    <message>
        <source>track {name}</source>
        <translation>Spur {name}</translation>
    </message>
    <message>
        <source>locked</source>
        <translation>gesperrt</translation>
    </message>
    <message>
        <source>strength {value}</source>
        <translation>Stärke {value}</translation>
    </message>
    <message>
        <source>blinks ×{value}</source>
        <translation>Blinzeln ×{value}</translation>
    </message>
    <message>
        <source>{height}p · {fps} fps</source>
        <translation>{height}p · {fps} B/s</translation>
    </message>
    <message>
        <source>Markers</source>
        <translation>Marken</translation>
    </message>
</context>
<context>
    <name>TimelineWidget</name>
    <message>
        <source>Timeline</source>
        <translation type="unfinished">Zeitleiste</translation>
    </message>
    <message>
        <source>Arrows go from segment to segment, Enter edits its text, Esc gives the arrows back to the playhead.</source>
        <translation>Pfeiltasten gehen von Segment zu Segment, Enter bearbeitet den Text, Esc gibt die Pfeile dem Abspielkopf zurück.</translation>
    </message>
</context>
<context>
    <name>Tour</name>
    <message>
        <source>Tour</source>
        <translation>Rundgang</translation>
    </message>
    <message>
        <source>&amp;Skip the tour</source>
        <translation>Rundgang über&amp;springen</translation>
    </message>
    <message>
        <source>End the tour; it is in the Help menu again (Escape)</source>
        <translation>Den Rundgang beenden; er steht auch im Hilfemenü (Esc)</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>&amp;Zurück</translation>
    </message>
    <message>
        <source>The step before (Left)</source>
        <translation>Der Schritt davor (Links)</translation>
    </message>
    <message>
        <source>&amp;Next</source>
        <translation>&amp;Weiter</translation>
    </message>
    <message>
        <source>The next step (Right)</source>
        <translation>Der nächste Schritt (Rechts)</translation>
    </message>
    <message>
        <source>See before you render</source>
        <translation>Sehen, bevor gerendert wird</translation>
    </message>
    <message>
        <source>The preview shows the motion in 3D, the poses over the portrait and the rendered video. Space plays, J K L shuttle, 1 to 4 choose the view.</source>
        <translation>Die Vorschau zeigt die Bewegung in 3D, die Posen über dem Porträt und das gerenderte Video. Leertaste spielt ab, J K L spulen, 1 bis 4 wählen die Ansicht.</translation>
    </message>
    <message>
        <source>Direct on the timeline</source>
        <translation>Auf der Zeitleiste führen</translation>
    </message>
    <message>
        <source>Click an empty place of the prompt track and write what the person does. Drag to move, drag an edge to trim. Only the motion of that segment is made anew.</source>
        <translation>Klicken Sie auf eine leere Stelle der Anweisungsspur und schreiben Sie, was die Person tut. Ziehen verschiebt, eine Kante ziehen trimmt. Nur die Bewegung dieses Segments entsteht neu.</translation>
    </message>
    <message>
        <source>Fine tune in the inspector</source>
        <translation>Feinheiten im Inspektor</translation>
    </message>
    <message>
        <source>Strength, seed, emotion and takes of the selected segment. R makes another take and keeps the old one; every change can be undone with Ctrl+Z.</source>
        <translation>Stärke, Startwert, Gefühl und Versuche des gewählten Segments. R macht einen neuen Versuch und behält den alten; alles lässt sich mit Strg+Z zurücknehmen.</translation>
    </message>
    <message>
        <source>Portrait and recording</source>
        <translation>Porträt und Aufnahme</translation>
    </message>
    <message>
        <source>Replace the files here, or drop others onto the window. If an elbow or the mouth lies wrong, correct the rig of the portrait.</source>
        <translation>Ersetzen Sie hier die Dateien, oder legen Sie andere auf dem Fenster ab. Liegt ein Ellbogen oder der Mund falsch, berichtigen Sie das Rig des Porträts.</translation>
    </message>
    <message>
        <source>Render in the background</source>
        <translation>Im Hintergrund rendern</translation>
    </message>
    <message>
        <source>Shift+Return renders the selected segments, Ctrl+Return the whole. Go on editing meanwhile: finished pieces are never rendered twice.</source>
        <translation>Umschalt+Enter rendert die gewählten Segmente, Strg+Enter alles. Arbeiten Sie derweil weiter: Fertige Stücke werden nie zweimal gerendert.</translation>
    </message>
    <message>
        <source>Step {n} of {count}</source>
        <translation>Schritt {n} von {count}</translation>
    </message>
    <message>
        <source>&amp;Done</source>
        <translation>&amp;Fertig</translation>
    </message>
</context>
<context>
    <name>TransportBar</name>
    <message>
        <source>Transport</source>
        <translation>Transport</translation>
    </message>
    <message>
        <source>To the start</source>
        <translation>Zum Anfang</translation>
    </message>
    <message>
        <source>One frame back</source>
        <translation>Ein Bild zurück</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>Links</translation>
    </message>
    <message>
        <source>One frame on</source>
        <translation>Ein Bild vor</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>Rechts</translation>
    </message>
    <message>
        <source>To the end</source>
        <translation>Zum Ende</translation>
    </message>
    <message>
        <source>Loop the range</source>
        <translation>Bereich wiederholen</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Range</source>
        <translation>Bereich</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Speed of playback (J and L)</source>
        <translation>Tempo der Wiedergabe (J und L)</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>Lautstärke</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>Set in at the playhead</source>
        <translation>In am Abspielkopf setzen</translation>
    </message>
    <message>
        <source>Set out at the playhead</source>
        <translation>Out am Abspielkopf setzen</translation>
    </message>
    <message>
        <source>Range from in to out: {length}</source>
        <translation>Bereich von In bis Out: {length}</translation>
    </message>
    <message>
        <source>now {time}</source>
        <translation>jetzt {time}</translation>
    </message>
    <message>
        <source>Sound on</source>
        <translation>Ton an</translation>
    </message>
    <message>
        <source>Sound off</source>
        <translation>Ton aus</translation>
    </message>
    <message>
        <source>Volume: {percent} %</source>
        <translation>Lautstärke: {percent} %</translation>
    </message>
</context>
<context>
    <name>VideoView</name>
    <message>
        <source>This take</source>
        <translation>Dieser Versuch</translation>
    </message>
    <message>
        <source>Other take</source>
        <translation>Anderer Versuch</translation>
    </message>
    <message>
        <source>Rendered video</source>
        <translation>Gerendertes Video</translation>
    </message>
    <message>
        <source>Plays what is rendered; poses where nothing is</source>
        <translation>Spielt, was gerendert ist; Posen, wo nichts ist</translation>
    </message>
    <message>
        <source>Comparison of two takes; Ctrl and the left or right arrow move the divider</source>
        <translation>Vergleich zweier Versuche; Strg und Pfeil links oder rechts bewegen den Teiler</translation>
    </message>
    <message>
        <source>Not rendered</source>
        <translation>Nicht gerendert</translation>
    </message>
    <message>
        <source>Not rendered: pose preview</source>
        <translation>Nicht gerendert: Posenvorschau</translation>
    </message>
</context>
<context>
    <name>ViewBars</name>
    <message>
        <source>Scroll in time</source>
        <translation>In der Zeit rollen</translation>
    </message>
    <message>
        <source>Scroll the tracks</source>
        <translation>Die Spuren rollen</translation>
    </message>
    <message>
        <source>Zoom of the timeline (Ctrl and wheel)</source>
        <translation>Vergrößerung der Zeitleiste (Strg und Rad)</translation>
    </message>
    <message>
        <source>Zoom of the timeline</source>
        <translation>Vergrößerung der Zeitleiste</translation>
    </message>
    <message>
        <source>Show more of the timeline</source>
        <translation>Mehr von der Zeitleiste zeigen</translation>
    </message>
    <message>
        <source>Show less of the timeline, larger</source>
        <translation>Weniger von der Zeitleiste zeigen, größer</translation>
    </message>
    <message>
        <source>Show the whole recording</source>
        <translation>Die ganze Aufnahme zeigen</translation>
    </message>
</context>
<context>
    <name>Weights</name>
    <message>
        <source>{done} of {all}</source>
        <translation>{done} von {all}</translation>
    </message>
    <message>
        <source>{done} of {all} are there.</source>
        <translation>{done} von {all} sind da.</translation>
    </message>
    <message>
        <source>Turns motion into tokens and back.</source>
        <translation>Macht aus Bewegung Tokens und zurück.</translation>
    </message>
    <message>
        <source>everything</source>
        <translation>allem</translation>
    </message>
    <message>
        <source>Makes motion from speech and prompts.</source>
        <translation>Macht Bewegung aus Sprache und Prompts.</translation>
    </message>
    <message>
        <source>What prompts begin from.</source>
        <translation>Womit Prompts beginnen.</translation>
    </message>
    <message>
        <source>Turns motion into 2D poses.</source>
        <translation>Macht aus Bewegung 2D-Posen.</translation>
    </message>
    <message>
        <source>Judges motion against prompts.</source>
        <translation>Beurteilt, ob die Bewegung zum Prompt passt.</translation>
    </message>
    <message>
        <source>versa evaluate</source>
        <translation>versa evaluate</translation>
    </message>
    <message>
        <source>Understands prompts.</source>
        <translation>Versteht Prompts.</translation>
    </message>
    <message>
        <source>Picture encoder, video decoder and settings of the diffusion renderer.</source>
        <translation>Bild-Encoder, Video-Decoder und Einstellungen des Diffusions-Renderers.</translation>
    </message>
    <message>
        <source>backend versa</source>
        <translation>Renderer versa</translation>
    </message>
    <message>
        <source>Pose-guided video diffusion: the renderer's U-Net and pose network.</source>
        <translation>Von Posen geführte Video-Diffusion: U-Net und Posen-Netz des Renderers.</translation>
    </message>
    <message>
        <source>Hears the speech for lips and face.</source>
        <translation>Hört die Sprache für Lippen und Gesicht.</translation>
    </message>
    <message>
        <source>face controls of backend versa</source>
        <translation>Gesichtssteuerung des Renderers versa</translation>
    </message>
    <message>
        <source>Text encoder of motion networks that were trained with it.</source>
        <translation>Text-Encoder von Bewegungsnetzen, die damit trainiert wurden.</translation>
    </message>
    <message>
        <source>motion networks of your own</source>
        <translation>eigenen Bewegungsnetzen</translation>
    </message>
    <message>
        <source>Tells a face by 512 numbers, so that a video keeps the person.</source>
        <translation>Beschreibt ein Gesicht mit 512 Zahlen, damit ein Video die Person behält.</translation>
    </message>
    <message>
        <source>Finds body, face and hands in a portrait.</source>
        <translation>Findet Körper, Gesicht und Hände in einem Porträt.</translation>
    </message>
    <message>
        <source>automatic rigs for backend versa</source>
        <translation>automatischen Rigs des Renderers versa</translation>
    </message>
    <message>
        <source>Motion tokenizer</source>
        <translation>Bewegungs-Tokenizer</translation>
    </message>
    <message>
        <source>Motion generator</source>
        <translation>Bewegungsgenerator</translation>
    </message>
    <message>
        <source>Rehearsed actions</source>
        <translation>Geprobte Handlungen</translation>
    </message>
    <message>
        <source>Bank of real poses</source>
        <translation>Sammlung echter Posen</translation>
    </message>
    <message>
        <source>Motion evaluator</source>
        <translation>Beurteiler der Bewegung</translation>
    </message>
    <message>
        <source>Text encoder all-MiniLM-L6-v2</source>
        <translation>Text-Encoder all-MiniLM-L6-v2</translation>
    </message>
    <message>
        <source>non-commercial use only</source>
        <translation>nur nicht-kommerziell</translation>
    </message>
    <message>
        <source>Stability AI licence</source>
        <translation>Lizenz von Stability AI</translation>
    </message>
    <message>
        <source>Tencent and Stability AI licences</source>
        <translation>Lizenzen von Tencent und Stability AI</translation>
    </message>
</context>
<context>
    <name>WholeMessage</name>
    <message>
        <source>Message</source>
        <translation type="unfinished">Meldung</translation>
    </message>
    <message>
        <source>Copy the message</source>
        <translation>Die Meldung kopieren</translation>
    </message>
</context>
<context>
    <name>WindowBackends</name>
    <message>
        <source>Draft puppet</source>
        <translation type="unfinished">Entwurfspuppe</translation>
    </message>
    <message>
        <source>Needs nothing; quick.</source>
        <translation>Braucht nichts; schnell.</translation>
    </message>
    <message>
        <source>Diffusion (versa)</source>
        <translation>Diffusion (versa)</translation>
    </message>
    <message>
        <source>Needs 4.5 GB of weights and a graphics card with 8 GB of memory; a processor alone takes hours for seconds of video.</source>
        <translation>Braucht 4,5 GB Gewichte und eine Grafikkarte mit 8 GB Speicher; ein Prozessor allein braucht Stunden für Sekunden.</translation>
    </message>
    <message>
        <source>Another render is about to start; wait a moment.</source>
        <translation>Ein anderes Rendern beginnt gerade; warten Sie einen Moment.</translation>
    </message>
    <message>
        <source>Looking whether the renderer can work here …</source>
        <translation>Es wird nachgesehen, ob der Renderer hier arbeiten kann …</translation>
    </message>
    <message>
        <source>Rendering in the background. {estimate}</source>
        <translation>Es wird im Hintergrund gerendert. {estimate}</translation>
    </message>
</context>
<context>
    <name>WindowBody</name>
    <message>
        <source>Reading the body model …</source>
        <translation type="unfinished">Das Körpermodell wird gelesen …</translation>
    </message>
    <message>
        <source>The body is drawn with your model.</source>
        <translation type="unfinished">Der Körper wird mit Ihrem Modell gezeichnet.</translation>
    </message>
</context>
<context>
    <name>WindowDocks</name>
    <message>
        <source>Media</source>
        <translation>Medien</translation>
    </message>
    <message>
        <source>The portrait and the recording of the project.</source>
        <translation>Portrait und Aufnahme des Projekts.</translation>
    </message>
    <message>
        <source>Render queue</source>
        <translation>Renderliste</translation>
    </message>
    <message>
        <source>Renders that run, wait or are done.</source>
        <translation>Renderaufträge, die laufen, warten oder fertig sind.</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>Inspektor</translation>
    </message>
    <message>
        <source>Settings of the selected segment or of the project.</source>
        <translation>Einstellungen des ausgewählten Segments oder des Projekts.</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Zeitleiste</translation>
    </message>
    <message>
        <source>Tracks with speech, prompts, emotions, motion and video.</source>
        <translation>Spuren mit Sprache, Prompts, Emotionen, Bewegung und Video.</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>Kurven</translation>
    </message>
    <message>
        <source>Loudness of the speech and speed of the movement over time.</source>
        <translation>Lautstärke der Sprache und Tempo der Bewegung im Lauf der Zeit.</translation>
    </message>
    <message>
        <source>Show or hide this panel.</source>
        <translation>Diesen Bereich ein- oder ausblenden.</translation>
    </message>
    <message>
        <source>Tabs of panels</source>
        <translation>Reiter der Bereiche</translation>
    </message>
</context>
<context>
    <name>WindowEdits</name>
    <message>
        <source>Prompts</source>
        <translation>Anweisungen</translation>
    </message>
    <message>
        <source>Emotion</source>
        <translation>Gefühl</translation>
    </message>
    <message>
        <source>There is no room for a segment at the playhead.</source>
        <translation>Am Abspielkopf ist kein Platz für ein Segment.</translation>
    </message>
    <message>
        <source>There is no further take; R makes another one.</source>
        <translation>Es gibt keinen weiteren Versuch; R macht einen neuen.</translation>
    </message>
    <message>
        <source>The recording is not analysed yet; try again in a moment.</source>
        <translation>Die Aufnahme ist noch nicht ausgewertet; versuchen Sie es gleich wieder.</translation>
    </message>
    <message>
        <source>There is no marker at or before the playhead.</source>
        <translation>Am oder vor dem Abspielkopf ist keine Marke.</translation>
    </message>
    <message>
        <source>Rename marker</source>
        <translation>Marke umbenennen</translation>
    </message>
    <message>
        <source>Name:</source>
        <translation>Name:</translation>
    </message>
    <message>
        <source>Select a segment of the track that is to be removed.</source>
        <translation>Wählen Sie ein Segment der Spur, die entfernt werden soll.</translation>
    </message>
</context>
<context>
    <name>WindowEngine</name>
    <message>
        <source>Motion engine starts</source>
        <translation>Bewegungsmaschine startet</translation>
    </message>
    <message>
        <source>Loading the networks</source>
        <translation>Netze werden geladen</translation>
    </message>
    <message>
        <source>Motion engine ready</source>
        <translation>Bewegungsmaschine bereit</translation>
    </message>
    <message>
        <source>Making motion</source>
        <translation>Bewegung entsteht</translation>
    </message>
    <message>
        <source>Motion engine stopped</source>
        <translation>Bewegungsmaschine angehalten</translation>
    </message>
    <message>
        <source>Loading the networks' libraries</source>
        <translation>Bibliotheken der Netze werden geladen</translation>
    </message>
    <message>
        <source>Loading the motion networks</source>
        <translation>Bewegungsnetze werden geladen</translation>
    </message>
    <message>
        <source>Loading the bank of poses</source>
        <translation>Posenbank wird geladen</translation>
    </message>
    <message>
        <source>{what} ({percent} %)</source>
        <translation>{what} ({percent} %)</translation>
    </message>
    <message>
        <source>Making poses</source>
        <translation>Posen entstehen</translation>
    </message>
    <message>
        <source>Reading the portrait</source>
        <translation>Porträt wird gelesen</translation>
    </message>
    <message>
        <source>Reading the recording</source>
        <translation>Aufnahme wird gelesen</translation>
    </message>
    <message>
        <source>The comparison is over.</source>
        <translation>Der Vergleich ist beendet.</translation>
    </message>
    <message>
        <source>There is no take before this one; R makes another one.</source>
        <translation>Vor diesem gibt es keinen Versuch; R macht einen neuen.</translation>
    </message>
    <message>
        <source>Take {0}</source>
        <translation>Versuch {0}</translation>
    </message>
    <message>
        <source>Drag the divider in the video view. Render a take to see it.</source>
        <translation>Den Teiler in der Videoansicht ziehen. Um einen Versuch zu sehen, muss er gerendert sein.</translation>
    </message>
</context>
<context>
    <name>WindowExport</name>
    <message>
        <source>Renders of the last time wait in the render queue until you go on with them.</source>
        <translation>Renderaufträge vom letzten Mal warten in der Warteschlange, bis Sie mit ihnen weitermachen.</translation>
    </message>
    <message>
        <source>Rendering in the background; go on working.</source>
        <translation>Es wird im Hintergrund gerendert; arbeiten Sie weiter.</translation>
    </message>
    <message>
        <source>No render is running.</source>
        <translation>Es wird nicht gerendert.</translation>
    </message>
    <message>
        <source>Rendered; the video view shows it.</source>
        <translation>Fertig gerendert; die Videoansicht zeigt es.</translation>
    </message>
    <message>
        <source>The motion is not there yet; export it when it is ready.</source>
        <translation>Die Bewegung ist noch nicht da; exportieren Sie sie, wenn sie fertig ist.</translation>
    </message>
    <message>
        <source>Writing {name} …</source>
        <translation>{name} wird geschrieben …</translation>
    </message>
    <message>
        <source>{name} is ready.</source>
        <translation>{name} ist fertig.</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
</context>
<context>
    <name>WindowFiles</name>
    <message>
        <source>Open a project</source>
        <translation>Ein Projekt öffnen</translation>
    </message>
    <message>
        <source>Projects (*.versa);;All files (*)</source>
        <translation>Projekte (*.versa);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>Nicht gespeicherte Änderungen</translation>
    </message>
    <message>
        <source>the new project</source>
        <translation>das neue Projekt</translation>
    </message>
    <message>
        <source>Save the changes to {name}?</source>
        <translation>Änderungen an {name} speichern?</translation>
    </message>
    <message>
        <source>Without saving they are lost.</source>
        <translation>Ohne Speichern gehen sie verloren.</translation>
    </message>
    <message>
        <source>Save recovered work</source>
        <translation>Wiederhergestellte Arbeit speichern</translation>
    </message>
    <message>
        <source>Save the recovered work as {name}?</source>
        <translation>Die wiederhergestellte Arbeit als {name} speichern?</translation>
    </message>
    <message>
        <source>The file holds the state of your last save. If you replace it, that state is kept beside it.</source>
        <translation>Die Datei enthält den Stand Ihrer letzten Sicherung. Wenn Sie sie ersetzen, bleibt dieser Stand daneben erhalten.</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Speichern unter…</translation>
    </message>
    <message>
        <source>Save the project as</source>
        <translation>Projekt speichern unter</translation>
    </message>
    <message>
        <source>Projects (*.versa)</source>
        <translation>Projekte (*.versa)</translation>
    </message>
    <message>
        <source>Saved {name}.</source>
        <translation>{name} gespeichert.</translation>
    </message>
    <message>
        <source>Choose a portrait</source>
        <translation>Ein Porträt wählen</translation>
    </message>
    <message>
        <source>Pictures ({0})</source>
        <translation>Bilder ({0})</translation>
    </message>
    <message>
        <source>Choose a recording</source>
        <translation>Eine Aufnahme wählen</translation>
    </message>
    <message>
        <source>Recordings ({0})</source>
        <translation>Aufnahmen ({0})</translation>
    </message>
    <message>
        <source>Reading {name} …</source>
        <translation>{name} wird gelesen …</translation>
    </message>
    <message>
        <source>All media are where they should be.</source>
        <translation>Alle Medien sind, wo sie sein sollen.</translation>
    </message>
    <message>
        <source>{0} is no rig: {1}</source>
        <translation>{0} ist kein Rig: {1}</translation>
    </message>
    <message>
        <source>Forget these</source>
        <translation>Diese vergessen</translation>
    </message>
</context>
<context>
    <name>WindowHelp</name>
    <message>
        <source>Copied.</source>
        <translation>Kopiert.</translation>
    </message>
    <message>
        <source>About Versa Director</source>
        <translation>Über Versa Director</translation>
    </message>
    <message>
        <source>A portrait, a speech recording and timed prompts become 3D motion, 2D poses and a video.

Licence: Apache-2.0. What is bundled and under which licence is listed in the details. Videos made with it say in their metadata that the picture is synthetic.</source>
        <translation>Aus einem Porträt, einer Sprachaufnahme und zeitlich gesetzten Anweisungen werden 3D-Bewegung, 2D-Posen und ein Video.

Lizenz: Apache-2.0. Was unter welcher Lizenz mitgeliefert wird, steht in den Einzelheiten. Die Metadaten der Videos sagen, dass das Bild künstlich ist.</translation>
    </message>
</context>
<context>
    <name>WindowModels</name>
    <message>
        <source>{title} is damaged: {problems}.</source>
        <translation>{title} ist beschädigt: {problems}.</translation>
    </message>
    <message>
        <source>Every byte of {title} is right.</source>
        <translation>Jedes Byte von {title} stimmt.</translation>
    </message>
    <message>
        <source>{title} is not whole yet; missing: {names}.</source>
        <translation>{title} ist noch nicht vollständig; es fehlen: {names}.</translation>
    </message>
    <message>
        <source>{title} is ready.</source>
        <translation>{title} ist bereit.</translation>
    </message>
    <message>
        <source>Wait for what is running, or cancel it, before you change the settings.</source>
        <translation>Erst abwarten, was läuft, oder es abbrechen, dann die Einstellungen ändern.</translation>
    </message>
</context>
<context>
    <name>WindowParts</name>
    <message>
        <source>Preview</source>
        <translation>Vorschau</translation>
    </message>
    <message>
        <source>Views of the motion, the poses, the video and the rig.</source>
        <translation>Ansichten der Bewegung, der Posen, des Videos und des Rigs.</translation>
    </message>
    <message>
        <source>The person's motion as a skeleton; the camera menu turns it.</source>
        <translation>Die Bewegung der Person als Skelett; das Kameramenü dreht sie.</translation>
    </message>
    <message>
        <source>The pose of the person over the portrait at the playhead.</source>
        <translation>Die Pose der Person über dem Portrait am Abspielkopf.</translation>
    </message>
    <message>
        <source>What is rendered at the playhead, else the pose.</source>
        <translation>Was am Abspielkopf gerendert ist, sonst die Pose.</translation>
    </message>
    <message>
        <source>Portrait rig</source>
        <translation>Portrait-Rig</translation>
    </message>
    <message>
        <source>Points of the body on the portrait, to be dragged.</source>
        <translation>Punkte des Körpers auf dem Portrait, zum Ziehen.</translation>
    </message>
    <message>
        <source>Loudness of the speech and speed of the movement over time.</source>
        <translation>Lautstärke der Sprache und Tempo der Bewegung im Lauf der Zeit.</translation>
    </message>
</context>
<context>
    <name>WindowTimeline</name>
    <message>
        <source>Deleting closes the gap.</source>
        <translation>Löschen schließt die Lücke.</translation>
    </message>
    <message>
        <source>Deleting leaves a gap.</source>
        <translation>Löschen lässt eine Lücke.</translation>
    </message>
</context>
<context>
    <name>WindowView</name>
    <message>
        <source>Choose an SMPL-X model file</source>
        <translation>Eine SMPL-X-Modelldatei wählen</translation>
    </message>
    <message>
        <source>SMPL-X models (*.npz *.pkl);;All files (*)</source>
        <translation>SMPL-X-Modelle (*.npz *.pkl);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Add a segment</source>
        <translation>Segment hinzufügen</translation>
    </message>
    <message>
        <source>Click an empty place</source>
        <translation>Leere Stelle anklicken</translation>
    </message>
    <message>
        <source>Edit the prompt</source>
        <translation>Anweisung bearbeiten</translation>
    </message>
    <message>
        <source>Double click</source>
        <translation>Doppelklick</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>Verschieben</translation>
    </message>
    <message>
        <source>Drag</source>
        <translation>Ziehen</translation>
    </message>
    <message>
        <source>Trim</source>
        <translation>Trimmen</translation>
    </message>
    <message>
        <source>Drag an edge</source>
        <translation>Kante ziehen</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>Duplizieren</translation>
    </message>
    <message>
        <source>Alt+drag</source>
        <translation>Alt+Ziehen</translation>
    </message>
    <message>
        <source>Select several</source>
        <translation>Mehrere auswählen</translation>
    </message>
    <message>
        <source>Shift or Ctrl+click, drag a frame</source>
        <translation>Umschalt- oder Strg+Klick, Rahmen ziehen</translation>
    </message>
    <message>
        <source>Zoom at the pointer</source>
        <translation>Am Zeiger vergrößern</translation>
    </message>
    <message>
        <source>Ctrl+wheel</source>
        <translation>Strg+Rad</translation>
    </message>
    <message>
        <source>Pan</source>
        <translation>Verschieben</translation>
    </message>
    <message>
        <source>Middle button, Shift+wheel</source>
        <translation>Mittlere Taste, Umschalt+Rad</translation>
    </message>
    <message>
        <source>Stop a drag</source>
        <translation>Ziehen abbrechen</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>The language changes at the next start.</source>
        <translation>Die Sprache ändert sich beim nächsten Start.</translation>
    </message>
</context>
<context>
    <name>Wiring</name>
    <message>
        <source>&amp;Undo: {name}</source>
        <translation>&amp;Rückgängig: {name}</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Redo: {name}</source>
        <translation>&amp;Wiederholen: {name}</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>Not found: {names}</source>
        <translation>Nicht gefunden: {names}</translation>
    </message>
</context>
<context>
    <name>_Row</name>
    <message>
        <source>Progress of {title}</source>
        <translation>Fortschritt von {title}</translation>
    </message>
    <message>
        <source>Rough picture of {title} while it is made</source>
        <translation>Grobes Bild von {title}, während es entsteht</translation>
    </message>
    <message>
        <source>What is rendered at the moment, roughly</source>
        <translation>Was gerade gerendert wird, in groben Zügen</translation>
    </message>
    <message>
        <source>Favourite of take {n}</source>
        <translation>Favorit von Versuch {n}</translation>
    </message>
    <message>
        <source>Mark this take as a favourite, or take the mark away (F)</source>
        <translation>Diesen Versuch als Favorit kennzeichnen oder das Zeichen wegnehmen (F)</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>Aktiv</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>Nehmen</translation>
    </message>
    <message>
        <source>Give the segment this motion again, with its prompt and seed (Return)</source>
        <translation>Dem Segment diese Bewegung wieder geben, mit Anweisung und Startwert (Enter)</translation>
    </message>
    <message>
        <source>Use take {n}</source>
        <translation>Versuch {n} verwenden</translation>
    </message>
    <message>
        <source>Take {n}</source>
        <translation>Versuch {n}</translation>
    </message>
    <message>
        <source>seed {seed}</source>
        <translation>Startwert {seed}</translation>
    </message>
</context>
</TS>
