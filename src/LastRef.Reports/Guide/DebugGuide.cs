using System.Text;

namespace LastRef.Reports;

/// <summary>How a person confirms a finding on a real machine: the WinDbg commands, in the order in which they decide it.</summary>
/// <remarks>
/// Spec: section 8. U-8.1: the phase first. U-8.2: in phase A every device's opens, attachment and flags. U-8.3: in phase B the driver
/// object's pointer count against its device objects and registrations. Addresses of the lab mean nothing on another machine, so none is
/// printed: what a step finds is used by the next.
/// </remarks>
public static class DebugGuide
{
    /// <summary>The steps for a finding.</summary>
    public static IReadOnlyList<GuideStep> Of(CheckReport report, ReportScenario scenario, ReportFinding finding)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentNullException.ThrowIfNull(finding);
        var name = Path.GetFileNameWithoutExtension(report.Driver.File);

        // The debugger's own names of modules have no hyphens and spaces: it puts underscores in their place.
        var module = name.Replace('-', '_').Replace(' ', '_');
        var steps = new List<GuideStep>();
        steps.AddRange(Phase(name, module, scenario));
        foreach (var holder in finding.Holders)
            steps.AddRange(Holder(module, holder, scenario.Image.State == "pinned"));
        steps.AddRange(Reason(module, finding));
        return [.. steps.DistinctBy(step => step.Command)];
    }

    /// <summary>The guide to the finding that must be fixed first, as text; null when no finding counts.</summary>
    public static string? Write(CheckReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.First is not { } first)
            return null;
        var text = new StringBuilder();
        Line(text, $"{report.Driver.File}: {first.Finding.Reason} {first.Finding.Title}");
        Line(text, first.Finding.Summary);
        Line(text, "");
        Line(text, $"On the machine that is stuck, or in its dump, after what scenario '{first.Scenario.Name}' does:");
        var number = 0;
        foreach (var step in Of(report, first.Scenario, first.Finding))
        {
            Line(text, "");
            Line(text, $"{++number}. {step.Question}");
            Line(text, $"     {step.Command}");
            Line(text, $"   {step.Look}");
        }

        if (Pages.SectionOf(first.Finding.Reason, "How to confirm it in WinDbg") is { } page)
        {
            Line(text, "");
            Line(text, $"What decides it: {page}");
        }

        if (first.Finding.Site is { } site)
        {
            Line(text, "");
            Line(text, $"The call to look at in the source: {site}.");
        }

        return text.ToString();
    }

    private static IEnumerable<GuideStep> Phase(string service, string module, ReportScenario scenario)
    {
        yield return new GuideStep(
            "Is the image still loaded?", $"lm m {module}*",
            scenario.Image.State == "gone"
                ? $"{module} must not be listed; lm alone has it under \"Unloaded modules\"."
                : $"{module} must be listed: the driver is still in memory.", "G-01");
        var attempt = scenario.Attempt.State switch
        {
            "returned" => "flag 0x1 (unload invoked) must be set: DriverUnload has run, and something still references the driver object. "
                + "If the name is not found, the attempt is over: take the address from !poolfind Driv or a device object's DriverObject.",
            "deferred" => "flag 0x1 must be clear, and in the device list at least one device must have an open, an attachment or both: the attempt was accepted and put off.",
            "refused" => "flag 0x1 must be clear; the refusal left nothing behind. Look at DriverUnload and AddDevice.",
            "running" => "flag 0x1 must be set while DriverUnload has not returned.",
            _ => "flag 0x1 must be clear: nobody has asked the driver to unload.",
        };
        if (scenario.Image.State != "gone")
            yield return new GuideStep("Was the attempt made?", $"!drvobj \\Driver\\{service} 7", attempt, "G-02");
    }

    private static IEnumerable<GuideStep> Holder(string module, ReportHolder holder, bool isPinned)
    {
        foreach (var step in holder.Kind switch
        {
            "device" =>
            [
                new GuideStep(
                    $"What keeps {Named(holder)}?", $"!devobj {Place(holder)}",
                    "RefCount is the count of opens, AttachedDevice what lies above, AttachedTo what lies below; ExtensionFlags say what is pending. "
                    + "Take the address from !drvobj where the device has no name.", "G-04"),
                new GuideStep($"How often is {Named(holder)} referenced?", "!object <address of the device object>", "PointerCount beyond one, its name and its attachments is a reference somebody keeps.", "G-07"),
            ],
            "fileObject" or "handle" =>
            [
                new GuideStep("Which process has it open?", "!handle 0 3 0 File", $"A line whose name begins with the device of {Named(holder)}: its process holds the driver. Slow on a large machine.", "G-08"),
                new GuideStep("Or is it a file object without a handle?", "!fileobj <address>", "Flags with 0x4000 (cleanup complete): every handle is closed, and a pointer or a request keeps the file object.", "G-09"),
            ],
            "irp" => new[] { new GuideStep("Which requests are pending?", "!irpfind 0 0 device <address of the device object>", $"A request whose stack location marked '>' is {module}'s; !irp <address> 1 shows its cancel routine.", "G-13") },
            "attachedDevice" => [new GuideStep("Who is attached above?", "!devstack <address of the device object>", $"A device of another driver above that of {module}.", "G-05")],
            "thread" => [new GuideStep("Which threads run its code?", $"!stacks 2 {module}!", "A thread whose start address or stack lies in the driver.", "G-17")],
            "workItem" => [new GuideStep("Which worker runs its routine?", $"!stacks 2 {module}!", "A system worker thread with the driver's routine on its stack.", "G-17")],
            "deviceNode" => [new GuideStep("What state is the device node in?", $"!devnode 0 1 {module}", "State, problem code and whether a removal is pending.", "G-06")],
            "importer" => [new GuideStep("Who imports it?", $"dt nt!_KLDR_DATA_TABLE_ENTRY <entry of {module}> LoadCount", "More than one: another image is bound to it.", "G-22")],
            "timer" => [new GuideStep("Which timers and DPCs point into it?", "!timer; !dpcs", $"A routine in the range of {module}.", "G-16")],
            "pool" => [new GuideStep("Whose memory is it?", "!pool <address>", "The tag, and with Driver Verifier's pool tracking the caller.", "G-19")],
            _ => [],
        })
            yield return step;
        if (isPinned && holder.Kind is "registration" or "driverObject" or "unexplained")
            yield return new GuideStep("What references the driver object?", $"!object <address of the driver object of {module}>", "PointerCount, less one for each of its device objects and registrations, is what leaked.", "G-07");
        foreach (var below in holder.HeldBy)
        {
            foreach (var step in Holder(module, below, isPinned))
                yield return step;
        }
    }

    private static IEnumerable<GuideStep> Reason(string module, ReportFinding finding) => finding.Reason switch
    {
        "R-12" or "R-32" or "R-33" or "R-34" =>
        [
            new GuideStep(
                "Who took and who gave back references?", "gflags /ko /t Devi;Driv;File   (then reproduce it)   !obtrace <object>",
                "Pair every + with a -; what has no partner is the leak. Object tracing must be on before the object is made.", "G-12"),
        ],
        "R-20" => [new GuideStep("Which handle of System is it?", "!handle 0 f 4 File", "A handle of process 4 whose name is the device: a driver opened it and never closed it.", "G-08")],
        "R-21" =>
        [
            new GuideStep(
                "Who opened it, the process or a driver?", "ba w4 <address of the device object>+4 \"k;g\"   (then reproduce it)",
                "The stack of the write that raises ReferenceCount: with a driver's ZwCreateFile on it, the process never opened the device itself.", "G-11"),
        ],
        "R-37" => [new GuideStep("Whose imports name it?", "!dh -i <base of each loaded driver>", $"An image that lists {module}.sys among its imports.", "G-22")],
        "R-43" => [new GuideStep("Does another driver's table point into it?", "!drvobj <each driver> 3", $"A dispatch routine that shows as <Unloaded_{module}.sys>.", "G-02")],
        "R-50" => [new GuideStep("Is the device list empty?", $"!drvobj {module} 1", "No device object, and flag 0x1 clear: nobody asked after the last device had gone.", "G-02")],
        "R-41" => [new GuideStep("Which timers and DPCs point into it?", "!timer; !dpcs", $"A routine in the range that {module} had.", "G-16")],
        "R-42" => [new GuideStep("Which threads return into it?", "!process 0 7 System", $"A return address in the range that {module} had, which shows as <Unloaded_{module}.sys>.", "G-17")],
        "R-44" => [new GuideStep("Which requests come back to it?", "!irpfind", $"A completion routine in the range that {module} had.", "G-13")],
        "R-46" => [new GuideStep("What memory did it leave?", $"!verifier 3 {module}.sys", "Allocations without a free, by tag and caller; needs Driver Verifier's pool tracking.", "G-19")],
        "R-19" => [new GuideStep("Can the request be cancelled?", "!irp <address> 1", "A cancel routine of none means that nothing can end it from outside.", "G-13")],
        _ => [],
    };

    private static string Named(ReportHolder holder) => holder.Name.Length > 0 ? holder.Name : "the device";

    /// <summary>A path that the debugger takes; a device without a name is told by its address.</summary>
    private static string Place(ReportHolder holder) => holder.Name.StartsWith('\\') ? holder.Name : "<address>";

    private static void Line(StringBuilder text, string line) => text.Append(ConsoleReport.Printable(line)).Append('\n');
}
