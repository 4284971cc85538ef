using LastRef.Cpu;
using LastRef.Kernel;
using LastRef.Nt;
using LastRef.Symbols;

namespace LastRef.Lab;

/// <summary>A booted machine and the levers that a scenario may pull: services, devices, applications.</summary>
/// <remarks>Each lever is pulled on a system thread and watched: one that does not come back is a hang, not an error.</remarks>
internal sealed partial class LabMachine : IDisposable
{
    /// <summary>A wait that lasts longer than this in virtual time counts as a likely hang (docs/architecture.md, verdicts).</summary>
    private const long HangTime100ns = 10L * 60 * 10_000_000;

    private readonly List<LabApplication> _applications = [];
    private readonly PersonView _person;

    public LabMachine(MachineOptions options)
    {
        Kernel = new NtKernel(options);
        Coverage = new CodeCoverage();
        Kernel.Processor.Coverage = Coverage;
        Kernel.Images.Mapped = OnMapped;
        Kernel.Boot();
        SystemVolume.Offer(Kernel);
        DesktopInput.Offer(Kernel);
        Scm = new ServiceControlManager(Kernel);
        Notifications = new NotificationBroker(this);
        Kernel.Pnp.UserMode = Notifications;
        _person = new PersonView(Kernel, _applications);
    }

    public NtKernel Kernel { get; }

    /// <summary>The service control manager with its database.</summary>
    public ServiceControlManager Scm { get; }

    /// <summary>Who among applications and services is told of devices.</summary>
    public NotificationBroker Notifications { get; }

    /// <summary>Which code bytes of the driver under test ran.</summary>
    public CodeCoverage Coverage { get; }

    /// <summary>File name of the driver under test.</summary>
    public string DriverFile { get; private set; } = "";

    /// <summary>Where the driver under test was mapped last.</summary>
    public (VirtualAddress Base, uint ByteCount) DriverRange { get; private set; }

    public IReadOnlyList<LabApplication> Applications => _applications;

    /// <summary>How the last lever ended.</summary>
    public LabOutcome Outcome { get; private set; } = LabOutcome.Fine;

    /// <summary>True while the scenario can go on.</summary>
    public bool IsRunning => Outcome == LabOutcome.Fine;

    /// <summary>Installs the driver under test as a service.</summary>
    public LabService InstallDriver(PeImage image, string fileName)
    {
        DriverFile = fileName;
        return Install(image, fileName);
    }

    /// <summary>Makes an image loadable and gives it a service key, as an installer would.</summary>
    /// <param name="serviceName">Null for the file's name.</param>
    public LabService Install(PeImage image, string fileName, string? serviceName = null)
    {
        Kernel.Images.MakeAvailable(image, fileName);
        var dot = fileName.LastIndexOf('.');
        var name = serviceName ?? (dot > 0 ? fileName[..dot] : fileName);
        var path = IoManager.ServicesKey + "\\" + name;
        var key = Kernel.Cm.CreateKey(path);
        key.SetValue(RegistryValue.Expandable("ImagePath", @"\SystemRoot\System32\drivers\" + fileName));
        key.SetValue(RegistryValue.Dword("Type", 1));
        key.SetValue(RegistryValue.Dword("Start", 3));
        key.SetValue(RegistryValue.Dword("ErrorControl", 1));
        key.SetValue(RegistryValue.String("DisplayName", name));
        key.Create("Parameters");
        key.Create("Enum");
        Scm.Create(name, path);
        return new LabService(name, path, fileName);
    }

    /// <summary>Runs kernel work as a step of the scenario.</summary>
    /// <param name="kind">What the story calls it.</param>
    /// <param name="subject">What it acts on.</param>
    /// <returns>The step's status; null when it did not come back.</returns>
    public NtStatus? Step(StimulusKind kind, string subject, Func<KernelThread, GuestTask<NtStatus>> work)
    {
        if (!IsRunning)
            return null;
        var record = Kernel.Trace.Add(Kernel.Stamp(new StimulusRecord(kind, subject)));
        NtStatus? status = null;
        var isDone = Kernel.StartOnSystemThread(NameOfThread(kind), async thread => status = await work(thread), out var driving);
        Finish(RunToEnd(kind, isDone), driving.Address);
        record.Status = status;
        if (IsRunning)
            Settle();
        AwaitUnfinished();
        if (IsRunning)
            _person.After(record);
        return status;
    }

    /// <summary>Looks at the machine's objects from outside; a driver may have destroyed what is looked at.</summary>
    /// <param name="otherwise">The answer when it cannot be read.</param>
    public static T Look<T>(Func<T> read, T otherwise)
    {
        try
        {
            return read();
        }
        catch (Exception destroyed) when (destroyed is TargetReadException or MachineStopException)
        {
            // Only the lab's own view is lost: the diagnosis reads the same memory and says what it could not see.
            return otherwise;
        }
    }

    /// <summary>Lets everything run that can run without time passing.</summary>
    public void Settle() => LetTimePass(0);

    /// <summary>Lets virtual time pass; ends early when the driver's image has left.</summary>
    public void LetTimePass(long time100ns)
    {
        if (!IsRunning)
            return;
        var outcome = Kernel.Scheduler.Run(() => time100ns > 0 && IsDriverGone, Kernel.Ke.InterruptTime100ns + time100ns);
        if (outcome == RunOutcome.Stopped)
            Finish(outcome);
        else if (time100ns > 0)
            AwaitUnfinished();
    }

    /// <summary>True when the driver was loaded once and its image is not in memory any more.</summary>
    public bool IsDriverGone =>
        DriverRange.ByteCount != 0 && Kernel.Images.FindLoaded(DriverFile) is null;

    public void Dispose() => Kernel.Dispose();

    private void OnMapped(LoadedImage image)
    {
        if (!image.FileName.Equals(DriverFile, StringComparison.OrdinalIgnoreCase) || image.Pe is null)
            return;
        DriverRange = (image.Base, image.ByteCount);
        foreach (var section in image.Pe.Sections.Where(s => s.IsExecutable))
            Coverage.Track(image.Base.Value + section.Rva.Value, section.VirtualSize);
    }

    private void Finish(RunOutcome outcome, VirtualAddress driving = default)
    {
        Outcome = outcome switch
        {
            RunOutcome.Done => Kernel.Stop is null ? LabOutcome.Fine : LabOutcome.Stopped,
            RunOutcome.Stopped => LabOutcome.Stopped,
            RunOutcome.Recurs => LabOutcome.HungRecurring,
            _ => Kernel.Ke.ArmedTimers.Any() || Kernel.Ke.Waits.Any(w => w.DueTime100ns is not null) ? LabOutcome.HungLikely : LabOutcome.HungProven,
        };
        if (Outcome is LabOutcome.HungLikely or LabOutcome.HungProven or LabOutcome.HungRecurring)
            HungThread = driving;
    }
}
