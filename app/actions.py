"""Every action of the editor, declared once: name, shortcuts, icon, place in the menus and what it calls.

Pure data. `app.action_registry` makes the menus, the toolbar, the context menus, the command palette, the shortcut
editor and the shortcut sheet of it, and nothing else may add an action.
"""

from dataclasses import dataclass
from typing import Final

SEPARATOR: Final = "-"

MENUS: Final = (
    ("file", "&File"),
    ("edit", "&Edit"),
    ("segment", "&Segment"),
    ("play", "&Playback"),
    ("timeline", "&Timeline"),
    ("render", "&Render"),
    ("view", "&View"),
    ("view/camera", "3D &camera"),
    ("view/show", "Show in &3D"),
    ("view/language", "&Language"),
    ("help", "&Help"),
)
"""Menus and submenus in their order, with their titles."""


@dataclass(frozen=True)
class ActionSpec:
    """One action.

    Attributes:
        id: never changes; settings know shortcuts by it.
        text: menu text in English with "&" before its key; "…" where a dialog asks for more.
        handler: "group.method" of the window's handler objects; "" for a line of the menu.
        menu: one of `MENUS`, "" for none.
        keys: default shortcuts; the first one is shown.
        icon: Material Design icon, "" for none.
        tip: one sentence that says what it does.
        toolbar: it has a button in the toolbar.
        contexts: context menus that hold it: "segment", "track", "marker", "empty", "ruler".
        needs: what must be there: "project", "selection", "segment" (exactly one), "range", "saved" or "".
        switch: name of the setting if it is a switch, "" otherwise.
        default_on: the switch's first state.
        gap: a line stands before it in its menu.
    """

    id: str
    text: str
    handler: str
    menu: str = ""
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    toolbar: bool = False
    contexts: tuple[str, ...] = ()
    needs: str = ""
    switch: str = ""
    default_on: bool = False
    gap: bool = False

    @property
    def name(self) -> str:
        """The text without the marks of the menu."""
        return self.text.replace("&", "").rstrip("…")


_S = ActionSpec

ACTIONS: Final[tuple[ActionSpec, ...]] = (
    # File -------------------------------------------------------------------------------------------------------------
    _S("new", "&New…", "files.new", "file", ("Ctrl+N",), "file-plus-outline",
       "Make a project from a portrait and a recording.", toolbar=True),
    _S("open", "&Open…", "files.open", "file", ("Ctrl+O",), "folder-open-outline", "Open a project.", toolbar=True),
    _S("open_sample", "Open the s&ample", "files.open_sample", "file", (), "account-voice",
       "Open a copy of the bundled sample project."),
    _S("save", "&Save", "files.save", "file", ("Ctrl+S",), "content-save-outline", "Save the project.",
       toolbar=True, needs="project", gap=True),
    _S("save_as", "Save &as…", "files.save_as", "file", ("Ctrl+Shift+S",), "content-save-edit-outline",
       "Save the project under another name.", needs="project"),
    _S("replace_portrait", "Replace &portrait…", "files.replace_portrait", "file", (), "image-edit-outline",
       "Choose another picture of the person.", needs="project", gap=True),
    _S("replace_audio", "Replace &recording…", "files.replace_audio", "file", (), "waveform",
       "Choose another speech recording.", needs="project"),
    _S("relink", "Find &missing media…", "files.relink", "file", (), "file-search-outline",
       "Say where the portrait or the recording lies now.", needs="project"),
    _S("export", "&Export…", "files.export", "file", ("Ctrl+E",), "export-variant",
       "Write a video, the motion, the poses or the timeline to a file.", toolbar=True, needs="project", gap=True),
    _S("close", "&Close project", "files.close", "file", ("Ctrl+W",), "close", "Close the project.", needs="project",
       gap=True),
    _S("quit", "&Quit", "files.quit", "file", ("Ctrl+Q",), "exit-to-app", "Leave the program."),
    # Edit -------------------------------------------------------------------------------------------------------------
    _S("undo", "&Undo", "edits.undo", "edit", ("Ctrl+Z",), "undo", "Take the last change back.", toolbar=True),
    _S("redo", "&Redo", "edits.redo", "edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", "Make the change again.",
       toolbar=True),
    _S("cut", "Cu&t", "edits.cut", "edit", ("Ctrl+X",), "content-cut", "Cut the selected segments.",
       contexts=("segment",), needs="selection", gap=True),
    _S("copy", "&Copy", "edits.copy", "edit", ("Ctrl+C",), "content-copy", "Copy the selected segments.",
       contexts=("segment",), needs="selection"),
    _S("paste", "&Paste", "edits.paste", "edit", ("Ctrl+V",), "content-paste",
       "Put the copied segments at the playhead.", contexts=("empty", "segment"), needs="project"),
    _S("duplicate", "&Duplicate", "edits.duplicate", "edit", ("Ctrl+D",), "content-duplicate",
       "Put a copy behind each selected segment.", contexts=("segment",), needs="selection"),
    _S("delete", "De&lete", "edits.delete", "edit", ("Del", "Backspace"), "delete-outline",
       "Delete the selected segments and leave a gap.", contexts=("segment",), needs="selection", gap=True),
    _S("ripple_delete", "Ripple d&elete", "edits.ripple_delete", "edit", ("Shift+Del",), "delete-sweep-outline",
       "Delete the selected segments and close the gap.", contexts=("segment",), needs="selection"),
    _S("select_all", "Select &all", "edits.select_all", "edit", ("Ctrl+A",), "select-all", "Select every segment.",
       needs="project", gap=True),
    _S("select_none", "Select &none", "edits.select_none", "edit", ("Esc", "Ctrl+Shift+A"), "select-off",
       "Select nothing.", needs="project"),
    _S("palette", "Co&mmands…", "view.palette", "edit", ("Ctrl+Shift+P",), "magnify",
       "Find and run any command by its name.", gap=True),
    _S("shortcuts", "&Keyboard shortcuts…", "view.shortcut_editor", "edit", ("Ctrl+Alt+,",), "keyboard-outline",
       "Change the shortcut of any command."),
    # Segment ----------------------------------------------------------------------------------------------------------
    _S("add_segment", "&Add prompt at playhead", "edits.add_segment", "segment", ("A",), "plus-box-outline",
       "Add a segment at the playhead and write its prompt.", toolbar=True, contexts=("empty",), needs="project"),
    _S("add_emotion", "Add &emotion at playhead", "edits.add_emotion", "segment", ("Shift+A",),
       "emoticon-happy-outline", "Add an emotion segment at the playhead.", contexts=("empty",), needs="project"),
    _S("edit_text", "Edit &prompt", "edits.edit_text", "segment", ("Return", "Enter", "F2"), "pencil-outline",
       "Write the selected segment's prompt.", contexts=("segment",), needs="segment"),
    _S("split", "&Split at playhead", "edits.split", "segment", ("S", "Ctrl+K"), "content-cut",
       "Split the segments under the playhead.", toolbar=True, contexts=("segment",), needs="project", gap=True),
    _S("split_all", "Split on all &tracks", "edits.split_all", "segment", ("Shift+S", "Ctrl+Shift+K"),
       "set-split", "Split every track's segment at the playhead.", needs="project"),
    _S("join", "&Join", "edits.join", "segment", ("Ctrl+J",), "set-merge", "Join the selected segments.",
       contexts=("segment",), needs="selection"),
    _S("trim_in", "Trim start to playhead", "edits.trim_in", "segment", ("[",), "arrow-collapse-left",
       "Let the selected segment begin at the playhead.", needs="segment"),
    _S("trim_out", "Trim end to playhead", "edits.trim_out", "segment", ("]",), "arrow-collapse-right",
       "Let the selected segment end at the playhead.", needs="segment"),
    _S("nudge_left", "Nudge &left", "edits.nudge_left", "segment", ("Alt+,",), "chevron-left",
       "Move the selected segments back by one motion frame.", needs="selection"),
    _S("nudge_right", "Nudge &right", "edits.nudge_right", "segment", ("Alt+.",), "chevron-right",
       "Move the selected segments on by one motion frame.", needs="selection"),
    _S("group", "&Group", "edits.group", "segment", ("Ctrl+G",), "group",
       "Let the selected segments be selected together.", needs="selection"),
    _S("ungroup", "&Ungroup", "edits.ungroup", "segment", ("Ctrl+Shift+G",), "ungroup",
       "Let the selected segments be selected one by one again.", needs="selection"),
    _S("lock", "Loc&k or unlock", "edits.lock", "segment", ("Ctrl+L",), "lock-outline",
       "Keep the selected segments from being changed or regenerated.", contexts=("segment",), needs="selection",
       gap=True),
    _S("another_take", "Another ta&ke", "edits.another_take", "segment", ("R",), "dice-multiple-outline",
       "Try a new seed for the selected segments; the old takes are kept.", toolbar=True, contexts=("segment",),
       needs="selection"),
    _S("previous_take", "Pre&vious take", "edits.previous_take", "segment", ("Alt+Up",), "arrow-up",
       "Go back to the take before.", contexts=("segment",), needs="segment"),
    _S("next_take", "Ne&xt take", "edits.next_take", "segment", ("Alt+Down",), "arrow-down", "Go on to the next take.",
       contexts=("segment",), needs="segment"),
    _S("favour_take", "&Favour the take", "edits.favour_take", "segment", ("Ctrl+B",), "star-outline",
       "Mark the take in use as a favourite.", contexts=("segment",), needs="segment"),
    _S("compare_takes", "&Compare with the take before", "play.compare_takes", "segment", ("W",), "compare",
       "Show the take before beside this one in the video view.", contexts=("segment",), needs="segment"),
    _S("propose", "Propose seg&ments", "edits.propose", "segment", ("Ctrl+Alt+P",), "auto-fix",
       "Propose a segment for each phrase between the pauses.", contexts=("empty",), needs="project", gap=True),
    # Playback ---------------------------------------------------------------------------------------------------------
    _S("play", "&Play or pause", "play.toggle", "play", ("Space",), "play", "Play from the playhead, or pause.",
       needs="project"),
    _S("play_range", "Play the &range", "play.play_range", "play", ("Ctrl+Space",), "play-box-outline",
       "Play from in to out.", needs="range"),
    _S("shuttle_back", "Shuttle &back", "play.shuttle_back", "play", ("J",), "rewind",
       "Play backwards; press again for 2, 4 and 8 times the speed. With K held: one frame back.", needs="project"),
    _S("shuttle_stop", "S&top", "play.shuttle_stop", "play", ("K",), "stop", "Stop playing.", needs="project"),
    _S("shuttle_on", "Shuttle &on", "play.shuttle_on", "play", ("L",), "fast-forward",
       "Play; press again for 2, 4 and 8 times the speed. With K held: one frame on.", needs="project"),
    _S("frame_back", "One frame back", "play.frame_back", "play", ("Left",), "step-backward",
       "Go one frame back.", needs="project", gap=True),
    _S("frame_on", "One frame on", "play.frame_on", "play", ("Right",), "step-forward", "Go one frame on.",
       needs="project"),
    _S("second_back", "One second back", "play.second_back", "play", ("Shift+Left",), "", "Go one second back.",
       needs="project"),
    _S("second_on", "One second on", "play.second_on", "play", ("Shift+Right",), "", "Go one second on.",
       needs="project"),
    _S("start", "To the start", "play.start", "play", ("Home",), "skip-backward", "Go to the start.", needs="project"),
    _S("end", "To the end", "play.end", "play", ("End",), "skip-forward", "Go to the end.", needs="project"),
    _S("previous_edit", "Previous edit", "play.previous_edit", "play", ("Alt+Left",), "",
       "Go to the edge of a segment before the playhead.", needs="project"),
    _S("next_edit", "Next edit", "play.next_edit", "play", ("Alt+Right",), "",
       "Go to the edge of a segment after the playhead.", needs="project"),
    _S("set_in", "Set &in", "play.set_in", "play", ("I",), "ray-start", "Let the range begin at the playhead.",
       contexts=("ruler",), needs="project", gap=True),
    _S("set_out", "Set o&ut", "play.set_out", "play", ("O",), "ray-end", "Let the range end at the playhead.",
       contexts=("ruler",), needs="project"),
    _S("go_in", "Go to in", "play.go_in", "play", ("Shift+I",), "", "Go to the start of the range.", needs="range"),
    _S("go_out", "Go to out", "play.go_out", "play", ("Shift+O",), "", "Go to the end of the range.", needs="range"),
    _S("clear_range", "&Clear the range", "play.clear_range", "play", ("Alt+X",), "ray-start-end",
       "Forget in and out.", contexts=("ruler",), needs="range"),
    _S("loop", "&Loop the range", "play.set_loop", "play", ("\\",), "repeat",
       "Play the range, or the whole, again and again.", switch="loop", gap=True),
    _S("scrub_sound", "&Sound while scrubbing", "play.set_scrub_sound", "play", (), "volume-high",
       "Hear the recording while the playhead is dragged.", switch="scrub_sound", default_on=True),
    # Timeline ---------------------------------------------------------------------------------------------------------
    _S("snap", "S&napping", "timeline.set_snapping", "timeline", ("N", "Ctrl+P"), "magnet",
       "Let edges snap to segments, the playhead, markers, pauses and accents.", toolbar=True, switch="snapping",
       default_on=True),
    _S("ripple", "&Ripple", "timeline.set_ripple", "timeline", ("Ctrl+R",), "arrow-expand-horizontal",
       "Let deleting close the gap.", switch="ripple"),
    _S("zoom_in", "Zoom &in", "timeline.zoom_in", "timeline", ("=", "+"), "magnify-plus-outline",
       "Show less of the timeline, larger.", needs="project", gap=True),
    _S("zoom_out", "Zoom &out", "timeline.zoom_out", "timeline", ("-",), "magnify-minus-outline",
       "Show more of the timeline.", needs="project"),
    _S("fit", "&Fit the whole", "timeline.fit", "timeline", ("0",), "fit-to-page-outline",
       "Show the whole recording.", toolbar=True, contexts=("empty", "ruler"), needs="project"),
    _S("zoom_selection", "Zoom to &selection", "timeline.zoom_to_selection", "timeline", ("Shift+0",),
       "magnify-scan", "Show the selected segments as large as they fit.", contexts=("segment",), needs="selection"),
    _S("add_marker", "Add &marker", "edits.add_marker", "timeline", ("M",), "map-marker-plus-outline",
       "Put a marker at the playhead.", contexts=("ruler", "empty"), needs="project", gap=True),
    _S("next_marker", "Next marker", "play.next_marker", "timeline", ("Shift+M",), "", "Go to the next marker.",
       needs="project"),
    _S("previous_marker", "Previous marker", "play.previous_marker", "timeline", ("Alt+M",), "",
       "Go to the marker before.", needs="project"),
    _S("rename_marker", "Rename marker…", "edits.rename_marker", "timeline", (), "rename-outline",
       "Name the marker at or before the playhead.", contexts=("marker",), needs="project"),
    _S("remove_marker", "Remove marker", "edits.remove_marker", "timeline", ("Ctrl+Shift+M",), "map-marker-off-outline",
       "Remove the marker at or before the playhead.", contexts=("marker",), needs="project"),
    _S("add_track", "Add &prompt track", "edits.add_track", "timeline", (), "playlist-plus",
       "Add another track for prompts.", contexts=("track",), needs="project", gap=True),
    _S("add_emotion_track", "Add emotion track", "edits.add_emotion_track", "timeline", (), "playlist-star",
       "Add another track for emotions.", contexts=("track",), needs="project"),
    _S("remove_track", "Remove track", "edits.remove_track", "timeline", (), "playlist-remove",
       "Remove the track of the selection or of the menu.", contexts=("track",), needs="project"),
    _S("timecode", "Show time&code", "timeline.set_timecode", "timeline", (), "clock-outline",
       "Show hours, minutes, seconds and frames in place of seconds.", switch="timecode", gap=True),
    _S("follow", "Follow the play&head", "timeline.set_follow", "timeline", (), "arrow-right-bold-box-outline",
       "Scroll the timeline so that the playhead stays visible.", switch="follow", default_on=True),
    # Render -----------------------------------------------------------------------------------------------------------
    _S("render_selected", "Render &selected segments", "render.selected", "render", ("Shift+Return", "Shift+Enter"),
       "movie-edit-outline", "Render the selected segments in the background.", toolbar=True, contexts=("segment",),
       needs="selection"),
    _S("render_range", "Render the &range", "render.range", "render", ("Ctrl+Shift+Return",), "movie-filter-outline",
       "Render from in to out in the background.", contexts=("ruler",), needs="range"),
    _S("render_all", "Render the &whole", "render.whole", "render", ("Ctrl+Return",), "movie-open-outline",
       "Render the whole recording in the background.", needs="project"),
    _S("pause_render", "&Pause or go on", "render.pause", "render", ("Ctrl+Alt+R",), "pause-circle-outline",
       "Pause the running render, or go on with it.", gap=True),
    _S("cancel_render", "&Cancel the render", "render.cancel", "render", ("Ctrl+.",), "close-circle-outline",
       "Stop the running render; finished pieces are kept."),
    _S("models", "&Model manager…", "render.model_manager", "render", (), "database-arrow-down-outline",
       "Download, import, check and remove the networks' weights.", gap=True),
    # View -------------------------------------------------------------------------------------------------------------
    _S("view_skeleton", "&3D skeleton", "view.skeleton", "view", ("1",), "human-handsup", "Show the motion in 3D."),
    _S("view_poses", "&Poses", "view.poses", "view", ("2",), "vector-polyline", "Show the poses over the portrait."),
    _S("view_video", "&Video", "view.video", "view", ("3",), "movie-open-play-outline", "Show the rendered video."),
    _S("view_rig", "Portrait &rig", "view.rig", "view", ("4",), "account-edit-outline",
       "Place the points of the portrait."),
    _S("side_by_side", "Side &by side", "view.set_side_by_side", "view", ("5",), "view-parallel-outline",
       "Show 3D, poses and video beside each other.", toolbar=True, switch="side_by_side"),
    _S("renderer_view", "What the renderer &gets", "view.set_renderer_view", "view", ("6",), "eye-outline",
       "Show in the pose view exactly the picture that the renderer gets.", switch="renderer_view"),
    _S("camera_front", "&Front", "view.camera_front", "view/camera", ("Ctrl+1",), "", "Look from the front."),
    _S("camera_side", "&Side", "view.camera_side", "view/camera", ("Ctrl+2",), "", "Look from the side."),
    _S("camera_top", "&Top", "view.camera_top", "view/camera", ("Ctrl+3",), "", "Look from above."),
    _S("camera_portrait", "&Portrait camera", "view.camera_portrait", "view/camera", ("Ctrl+4",), "",
       "Look as the portrait was taken."),
    _S("show_follow", "&Follow the person", "view.set_show_follow", "view/camera", (), "",
       "Keep the person in the middle of the 3D view.", switch="show_follow", gap=True),
    _S("show_floor", "&Floor", "view.set_show_floor", "view/show", (), "", "Draw the floor's grid.",
       switch="show_floor", default_on=True),
    _S("show_contacts", "Foot &contacts", "view.set_show_contacts", "view/show", (), "",
       "Mark the feet that stand on the floor.", switch="show_contacts", default_on=True),
    _S("show_root_trail", "Trail of the &hips", "view.set_show_root_trail", "view/show", (), "",
       "Draw the way of the hips.", switch="show_root_trail"),
    _S("show_wrist_trails", "Trails of the &wrists", "view.set_show_wrist_trails", "view/show", (), "",
       "Draw the ways of the wrists.", switch="show_wrist_trails", default_on=True),
    _S("show_onion", "&Onion skins", "view.set_show_onion", "view/show", (), "",
       "Draw the person a moment before and after.", switch="show_onion"),
    _S("show_mesh", "Body &mesh…", "view.choose_mesh", "view/show", (), "",
       "Draw a body with an SMPL-X model file of your own.", gap=True),
    _S("show_limbs", "&Limbs only", "view.show_limbs", "view/show", (), "", "Draw limbs in place of the body mesh."),
    _S("reset_layout", "Reset the &layout", "view.reset_layout", "view", (), "view-dashboard-outline",
       "Put the docks where they were at first.", gap=True),
    _S("full_screen", "&Full screen", "view.full_screen", "view", ("F11",), "fullscreen",
       "Let the window fill the screen."),
    _S("full_preview", "Preview &only", "view.full_preview", "view", ("`", "Ctrl+Shift+F"), "arrow-expand-all",
       "Hide the docks and show the preview alone, or bring them back."),
    _S("next_panel", "Next &panel", "view.next_panel", "view", ("F6",), "", "Move the keyboard to the next panel."),
    _S("language_system", "&System", "view.language_system", "view/language", (), "", "Use the system's language."),
    _S("language_en", "&English", "view.language_en", "view/language", (), "", "Use English."),
    _S("language_de", "&Deutsch", "view.language_de", "view/language", (), "", "Use German."),
    # Help -------------------------------------------------------------------------------------------------------------
    _S("sheet", "&Shortcut sheet", "view.sheet", "help", ("F1", "?"), "keyboard-outline", "Show all shortcuts."),
    _S("tour", "&Tour", "help.tour", "help", (), "map-outline", "Show the five steps from a portrait to a video."),
    _S("guide", "&User guide", "help.guide", "help", (), "book-open-outline", "Open the user guide."),
    _S("log_folder", "Show the &log folder", "help.show_logs", "help", (), "text-box-outline",
       "Open the folder of the log files.", gap=True),
    _S("log_words", "Keep my &words in the log", "help.set_log_words", "help", (), "",
       "Let the log hold prompts and file names. Without this it never does.", switch="log_words"),
    _S("copy_details", "&Copy details for a report", "help.copy_details", "help", (), "content-copy",
       "Copy versions and the end of the log."),
    _S("about", "&About Versa Director", "help.about", "help", (), "information-outline",
       "Show version, licences and weights.", gap=True),
)  # fmt: skip

CONTEXTS: Final = ("segment", "empty", "ruler", "track", "marker")


def spec(action_id: str) -> ActionSpec:
    """Return an action by its id; raises KeyError if there is none."""
    for found in ACTIONS:
        if found.id == action_id:
            return found
    raise KeyError(action_id)
