using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The emulated NT executive: the place where its components meet.</summary>
/// <remarks>
/// Kernel objects live in <see cref="Memory"/> only. What the components keep in C# are queues and tables of the
/// machine itself; a machine is made anew for each scenario.
/// </remarks>
public sealed partial class NtKernel : IDisposable
{
    public NtKernel(MachineOptions options)
    {
        Options = options;
        Guest = new GuestMemory(options.MaximumPages);
        _memory = new GuestTarget(Guest, TypeLayout.For(options.Build));
        Processor = new Processor(Guest, new ProcessorHost(this));
        Scheduler = new Scheduler(this);
        Mm = new MemoryManager(this);
        Ex = new Executive(this);
        Ke = new KernelCore(this);
        Ob = new ObjectManager(this);
        Ps = new ProcessManager(this);
        Io = new IoManager(this);
        Pnp = new PnpManager(this);
        Po = new PowerManager(this);
        Cm = new ConfigurationManager(this);
        Se = new SecurityMonitor(this);
        Rtl = new RuntimeLibrary(this);
        Crt = new CRuntime(this);
        Cc = new CacheManager(this);
        FsRtl = new FileSystemLibrary(this);
        Wmi = new WmiManager(this);
        Usbd = new UsbLibrary(this);
        Hal = new HardwareLayer(this);
        Images = new ImageLoader(this);
        Kd = new KernelDebugger(this);
        Internal = new InternalRoutines(this);
    }

    private readonly GuestTarget _memory;
    private readonly List<Func<KernelThread, GuestTask>> _boot = [];

    public MachineOptions Options { get; }

    public NtBuild Build => Options.Build;

    /// <summary>Guest memory as the processor sees it: pages, protections, frames.</summary>
    public GuestMemory Guest { get; }

    /// <summary>Guest memory as the kernel and every view see it.</summary>
    public MutableTarget Memory => _memory;

    public Processor Processor { get; }

    public Trace Trace { get; } = new();

    internal Scheduler Scheduler { get; }

    internal ImageLoader Images { get; }

    internal KernelDebugger Kd { get; }

    internal InternalRoutines Internal { get; }

    internal MemoryManager Mm { get; }

    internal Executive Ex { get; }

    internal KernelCore Ke { get; }

    internal ObjectManager Ob { get; }

    internal ProcessManager Ps { get; }

    internal IoManager Io { get; }

    internal PnpManager Pnp { get; }

    internal PowerManager Po { get; }

    internal ConfigurationManager Cm { get; }

    internal SecurityMonitor Se { get; }

    internal RuntimeLibrary Rtl { get; }

    internal CRuntime Crt { get; }

    internal CacheManager Cc { get; }

    internal FileSystemLibrary FsRtl { get; }

    internal WmiManager Wmi { get; }

    internal UsbLibrary Usbd { get; }

    internal HardwareLayer Hal { get; }

    /// <summary>Routines that the lab makes fail, by name, with the result that they give instead.</summary>
    internal Dictionary<string, ulong> FailingRoutines { get; } = new(StringComparer.Ordinal);

    /// <summary>Why the machine stopped; null while it can go on.</summary>
    public MachineStop? Stop { get; private set; }

    /// <summary>The thread that runs; kernel routines are called on it.</summary>
    internal KernelThread CurrentThread =>
        Scheduler.Current ?? throw new InvariantException("Kernel code ran outside every thread.");

    /// <summary>Makes the machine ready for its first driver.</summary>
    public void Boot()
    {
        Ke.Boot();
        Images.BootKernelImages();
        Ob.Boot();
        Mm.Boot();
        Ps.Boot();
        Cm.Boot();
        Se.Boot();
        Rtl.Boot();
        Io.Boot();
        Pnp.Boot();
        Ex.Boot();
        Images.PublishKernelImages();
        Kd.PublishBlocks();
        foreach (var work in _boot)
            RunOnSystemThread("boot", work);
    }

    /// <summary>Asks for kernel work that needs a thread, once the machine has one.</summary>
    internal void RunAtBoot(Func<KernelThread, GuestTask> work) => _boot.Add(work);

    /// <summary>Runs kernel work on a system thread of its own until it is done or the machine can do nothing more.</summary>
    /// <returns>Done when the work finished.</returns>
    internal RunOutcome RunOnSystemThread(string purpose, Func<KernelThread, GuestTask> work, long timeLimit100ns = long.MaxValue)
    {
        var isDone = StartOnSystemThread(purpose, work, out var _);
        return Scheduler.Run(isDone, timeLimit100ns);
    }

    /// <summary>Gives kernel work to a system thread of its own.</summary>
    /// <returns>Tells whether the work has finished.</returns>
    internal Func<bool> StartOnSystemThread(string purpose, Func<KernelThread, GuestTask> work, out KernelThread thread)
    {
        var done = false;
        thread = Ps.CreateThread(Ps.SystemProcess, purpose);
        Scheduler.Start(thread, async t =>
        {
            await work(t);
            done = true;
        });
        return () => done;
    }

    /// <summary>Ends the run; the first reason stays.</summary>
    internal void StopWith(MachineStopException exception)
    {
        if (Stop is not null)
            return;
        Stop = exception.Stop;
        Trace.Add(exception.Stop switch
        {
            MachineStop.BugCheck b => Stamp(new BugCheckRecord(b.Code, b.Parameter1, b.Parameter2, b.Parameter3, b.Parameter4, b.Explanation)),
            MachineStop.Deadlock d => Stamp(new DeadlockRecord(d.Object, d.Explanation)),
            MachineStop.Unsupported u => (TraceRecord)Stamp(new UnsupportedRecord(u.Kind, u.Name)),
            _ => throw new InvariantException("An unknown way to stop."),
        });
        Processor.RequestStop();
    }

    /// <summary>Fills in when, where and by whom a record was made.</summary>
    internal T Stamp<T>(T record) where T : TraceRecord => record with
    {
        Instructions = Processor.InstructionCount,
        Time100ns = Ke.InterruptTime100ns,
        Thread = Scheduler.Current?.Address ?? VirtualAddress.Null,
        Stack = Images.DriverStack(),
    };

    /// <summary>Adds a stamped record to the trace.</summary>
    internal T Record<T>(T record) where T : TraceRecord => Options.RecordNothing ? record : Trace.Add(Stamp(record));

    public void Dispose()
    {
        Processor.Dispose();
        Guest.Dispose();
    }
}
