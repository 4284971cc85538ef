namespace LastRef.Cli;

/// <summary>The demonstrations, by name.</summary>
internal static class Demos
{
    /// <summary>A keyboard's stack: the lab's class driver on top refuses control requests that it does not know (U-4.59).</summary>
    private const string KeyboardStack =
        """{ "position": "upperFilter", "bus": "hid", "filters": { "classUpper": [ "lab-keyboard-class" ] } }""";

    public static IReadOnlyDictionary<string, Demo> All { get; } = new SortedDictionary<string, Demo>(StringComparer.Ordinal)
    {
        ["legacy"] = new(
            "A legacy driver",
            [
                "A legacy driver makes its devices in DriverEntry and sets no AddDevice. No device of its own ever goes away by itself,",
                "so nobody unloads it by himself either: a person or an installer must stop its service.",
            ],
            [
                new(
                    "Nobody uses it", "model-legacy.sys", "start-stop",
                    ["The service is started, then stopped."],
                    ["Both phases in one go: the attempt was made and nothing held the driver object."]),
                new(
                    "An application has it open", "model-legacy.sys", "open-handle-at-stop",
                    ["The same, while an application holds a handle on the driver's device."],
                    [
                        "The stop is accepted and the image stays until the last handle is closed. In between the device cannot be opened any more,",
                        "and the service stays STOP_PENDING: this is what an installer that then asks for a restart has run into.",
                    ]),
            ],
            "docs/types/legacy.md"),
        ["pnp"] = new(
            "A pure PnP driver",
            [
                "A PnP driver makes a device in AddDevice for each device that the PnP manager has for it, and deletes it in IRP_MN_REMOVE_DEVICE.",
                "When the last one is gone the PnP manager itself makes the attempt.",
            ],
            [
                new(
                    "Its device is removed", "model-pnp.sys", "add-start-remove",
                    ["A device arrives, is started, and is disabled in Device Manager."],
                    ["The removal comes first (phase P), the attempt follows from it (phase A), then the image leaves (phase B)."]),
                new(
                    "An application has it open", "model-pnp.sys", "open-handle-at-removal",
                    ["The same, while an application holds a handle and does not listen for the removal."],
                    ["The removal was refused before the driver was told anything final: without a removal there is no attempt."]),
                new(
                    "It is pulled out while open", "model-pnp.sys", "open-handle-at-surprise-removal",
                    ["The device is pulled out. Nobody can refuse that, but REMOVE waits for the last handle."],
                    ["Until the application closes, the driver stays in memory with a device that does not exist any more."]),
                new(
                    "Its service is stopped", "model-pnp.sys", "service-stop",
                    ["A person tries what works for a legacy driver."],
                    ["Only the PnP manager unloads a driver that sets AddDevice. sc stop is not the way; disabling its devices is."]),
            ],
            "docs/types/pnp.md"),
        ["hybrid"] = new(
            "A hybrid driver",
            [
                "A hybrid driver has devices in PnP stacks and a control device beside them, for applications that want to talk to the driver",
                "and not to one of its devices. The PnP manager does not know of the control device and never asks for its removal.",
            ],
            [
                new(
                    "The control device stays", "model-hybrid-stays.sys", "add-start-remove",
                    ["This one deletes its control device in DriverUnload, where it looks as if it belonged."],
                    [
                        "DriverUnload is only called when the driver has no device left, and the control device is only deleted in DriverUnload:",
                        "each waits for the other. This is the mistake that gives most hybrid drivers away.",
                    ]),
                new(
                    "The control device goes with the last stack device", "model-hybrid-safe.sys", "add-start-remove",
                    ["This one counts its devices under a lock and deletes the control device when the last of them is removed."],
                    ["With its last device list entry gone the PnP manager makes the attempt as it does for a pure PnP driver."]),
            ],
            "docs/types/hybrid.md"),
        ["sideband"] = new(
            "Sideband communication through a child device",
            [
                "A filter below a keyboard's class driver gets no control requests through its stack: the class driver refuses what it does not know.",
                "Instead of a control device it can report a child of each device that it filters. The child needs no driver of its own,",
                "applications open it, and it comes and goes by the ordinary PnP rules.",
            ],
            [
                new(
                    "The filter and its child leave together", "model-sideband.sys", "add-start-remove",
                    ["The filter stands in a keyboard's stack. Its child appears when the stack is started."],
                    ["The PnP manager removes children before their parents, so nothing is left that it does not know of."])
                { Profile = KeyboardStack },
                new(
                    "It is pulled out", "model-sideband.sys", "surprise-removal",
                    ["The keyboard is pulled out."],
                    ["The child goes with it. A control device would still be there."])
                { Profile = KeyboardStack },
            ],
            "docs/types/sideband.md"),
    };
}
