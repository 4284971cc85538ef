using LastRef.Kernel;
using LastRef.Nt;
using LastRef.Symbols;

namespace LastRef.Lab;

/// <summary>Runs the driver once to learn what it is; the scenarios follow from that.</summary>
internal static class Probe
{
    private static readonly Scenario _probe = new("probe", "what is this driver?", _ => true, _ => { });

    public static Subject Learn(PeImage image, CheckRequest request, DeviceProfile profile)
    {
        var neighbours = request.With.Select(file => ReadNeighbour(file, image, request, profile)).ToList();
        var subject = new Subject(image, request.Driver.FileName, profile, neighbours);
        StackPlan.Check(subject, request.Profile?.Path ?? "");
        LearnEntry(subject, request);
        if (!subject.EntryNeverEnds)
            LearnWork(subject, request);
        if (image.Exports.Any(e => e.Name == "DllInitialize"))
            subject.Traits |= DriverTraits.ExportDriver;
        if (image.Imports.Any(m => FrameworkModules.IsFramework(m.Name)))
            subject.Traits |= DriverTraits.Framework;
        return subject;
    }

    /// <summary>DriverEntry alone: does it set AddDevice, and which names does it take?</summary>
    private static void LearnEntry(Subject subject, CheckRequest request)
    {
        using var machine = new LabMachine(LabChecker.OptionsFor(request));
        var run = new ScenarioRun(machine, subject, _probe);
        run.StartDriver();
        subject.EntryNeverEnds = machine.Kernel.Stop is MachineStop.Unsupported { Kind: UnsupportedKind.Limit };
        subject.Traits |= TraitReader.Read(machine, run) | LabMachine.Look(() => TraitReader.ReadLive(machine, run), DriverTraits.None);
        var ob = machine.Kernel.Ob;
        // Links first: their creation comes after that of the device, which a hasty way out leaves behind.
        subject.EntryNames.AddRange(LabMachine.Look(() => TraitReader.LinksOfEntry(machine, run).Select(link => ob.NameOf(link)).OfType<string>().ToArray(), []));
        if (subject.EntryNames.Count == 0 && machine.DriverOf(run.Service) is { } driver)
            subject.EntryNames.AddRange(LabMachine.Look(() => machine.Kernel.Io.DevicesOf(driver).Select(d => ob.NameOf(d.Address)).OfType<string>().ToArray(), []));
    }

    /// <summary>The driver at work: with a device when it is PnP, opened when it can be.</summary>
    private static void LearnWork(Subject subject, CheckRequest request)
    {
        using var machine = new LabMachine(LabChecker.OptionsFor(request));
        var run = new ScenarioRun(machine, subject, _probe);
        run.Begin();
        subject.Traits |= LabMachine.Look(() => TraitReader.ReadLive(machine, run), DriverTraits.None);
        run.OpenAny("looks whether the driver can be opened");
        subject.Traits |= TraitReader.Read(machine, run) | ReadForwarding(machine, run);
    }

    /// <summary>A filter passes opens on to the bus below; a function driver answers them itself.</summary>
    private static DriverTraits ReadForwarding(LabMachine machine, ScenarioRun run)
    {
        var pdos = run.Devices.Select(d => d.Pdo.Address).ToHashSet();
        return machine.Kernel.Trace.Of<IrpRecord>().Any(i => i.Step == IrpStep.Sent && i.Major == (byte)IrpMajor.Create && pdos.Contains(i.Device))
            && (ScenarioCatalogue.IsPnp(run.IsPnp ? DriverTraits.HasAddDevice : 0))
            ? DriverTraits.Filter
            : DriverTraits.None;
    }

    private static Neighbour ReadNeighbour(InputFile file, PeImage driver, CheckRequest request, DeviceProfile profile)
    {
        var image = DriverImageCheck.Parse(file.Content, file.Path);
        var name = StackPlan.ServiceOf(profile, file.FileName);
        if (driver.Imports.Any(m => m.Name.Equals(file.FileName, StringComparison.OrdinalIgnoreCase)))
            return new Neighbour(image, file.FileName, name, NeighbourRole.Library);
        if (StackPlan.Names(profile).Contains(name, StringComparer.OrdinalIgnoreCase))
            return new Neighbour(image, file.FileName, name, NeighbourRole.InStack);
        using var machine = new LabMachine(LabChecker.OptionsFor(request));
        var service = machine.Install(image, file.FileName);
        machine.StartService(service);
        var setsAddDevice = LabMachine.Look(() => machine.DriverOf(service) is { DriverExtension.AddDevice.IsNull: false }, false);
        return new Neighbour(image, file.FileName, name, setsAddDevice ? NeighbourRole.UpperFilter : NeighbourRole.Service);
    }
}
