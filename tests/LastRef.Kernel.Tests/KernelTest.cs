using LastRef.Cpu;
using LastRef.Kernel;
using LastRef.Nt;
using LastRef.Symbols;

namespace LastRef.Tests;

/// <summary>A booted machine for tests of kernel routines: they are called through their thunks, as a driver calls them.</summary>
internal sealed class KernelTest : IDisposable
{
    private static readonly VirtualAddress _code = new(0xFFFF_F800_7000_0000);
    private VirtualAddress _nextCode = _code;

    private KernelTest(MachineOptions options)
    {
        Kernel = new NtKernel(options);
        Kernel.Boot();
        Kernel.Guest.Map(_code.Value, 0x10000, PageAccess.Read | PageAccess.Write | PageAccess.Execute);
    }

    public NtKernel Kernel { get; }

    public MutableTarget Memory => Kernel.Memory;

    /// <summary>After every kernel routine the counters must equal what accounts for them, in every test.</summary>
    public static KernelTest Boot(MachineOptions? options = null) => new((options ?? new MachineOptions()) with { AuditReferences = true });

    /// <summary>Runs work on a system thread until it is done, and hands back its result.</summary>
    public T Run<T>(Func<KernelThread, GuestTask<T>> work)
    {
        var result = default(T);
        var outcome = Kernel.RunOnSystemThread("test", async thread => result = await work(thread));
        Assert.True(outcome == RunOutcome.Done, $"The work ended as {outcome}: {Kernel.Stop}");
        return result!;
    }

    public void Run(Func<KernelThread, GuestTask> work)
    {
        var outcome = Kernel.RunOnSystemThread("test", work);
        Assert.True(outcome == RunOutcome.Done, $"The work ended as {outcome}: {Kernel.Stop}");
    }

    /// <summary>Runs work that must end the machine.</summary>
    public MachineStop RunToStop(Func<KernelThread, GuestTask> work)
    {
        var outcome = Kernel.RunOnSystemThread("test", work);
        Assert.Equal(RunOutcome.Stopped, outcome);
        return Kernel.Stop!;
    }

    /// <summary>Runs work that must end in a bug check.</summary>
    public MachineStop.BugCheck RunToBugCheck(Func<KernelThread, GuestTask> work) => Assert.IsType<MachineStop.BugCheck>(RunToStop(work));

    /// <summary>Runs work after which nothing can happen any more although it is not done.</summary>
    public void RunToHang(Func<KernelThread, GuestTask> work) => Assert.Equal(RunOutcome.Idle, Kernel.RunOnSystemThread("test", work));

    /// <summary>Lets the machine run until it has nothing to do.</summary>
    public RunOutcome RunUntilIdle(long timeLimit100ns = long.MaxValue) => Kernel.Scheduler.Run(() => false, timeLimit100ns);

    /// <summary>Calls an exported routine on the running thread.</summary>
    /// <returns>rax.</returns>
    public GuestTask<ulong> Call(string routine, params ulong[] arguments) => Kernel.CurrentThread.Call(Export(routine), arguments);

    /// <summary>Calls an exported routine on a system thread of its own and waits until it is done.</summary>
    public ulong CallNow(string routine, params ulong[] arguments) => Run(_ => Call(routine, arguments));

    public VirtualAddress Export(string routine) =>
        Kernel.Images.FindExport("ntoskrnl.exe", routine) ?? Kernel.Images.FindExport("hal.dll", routine)
        ?? throw new InvalidOperationException($"No kernel image exports {routine}.");

    /// <summary>Zeroed nonpaged pool.</summary>
    public VirtualAddress Allocate(int byteCount) => Kernel.Ex.NonPagedPool.Allocate((ulong)byteCount, PoolTags.Of("Test"), null);

    /// <summary>A LARGE_INTEGER in memory.</summary>
    public ulong Time(long time100ns)
    {
        var address = Allocate(8);
        Memory.WriteUInt64(address, (ulong)time100ns);
        return address.Value;
    }

    /// <summary>Places machine code that belongs to no image.</summary>
    public VirtualAddress Code(params byte[] bytes)
    {
        var address = _nextCode;
        Memory.Write(address, bytes);
        _nextCode = new VirtualAddress((address.Value + (ulong)bytes.Length + 31) & ~15UL);
        return address;
    }

    /// <summary>A routine of a driver, written in C#; it gets the first six arguments.</summary>
    public VirtualAddress Routine(Func<ulong[], GuestTask<ulong>> routine) => Kernel.Internal.Define(routine);

    /// <summary>Makes an image from the repository's drivers loadable as a service.</summary>
    /// <returns>Path of the service key.</returns>
    public string Install(string fileName)
    {
        var image = PeImage.Parse(File.ReadAllBytes(DriverPath(fileName)), fileName);
        Kernel.Images.MakeAvailable(image, fileName);
        var path = IoManager.ServicesKey + "\\" + Path.GetFileNameWithoutExtension(fileName);
        var key = Kernel.Cm.CreateKey(path);
        key.SetValue(RegistryValue.Expandable("ImagePath", @"\SystemRoot\System32\drivers\" + fileName));
        key.SetValue(RegistryValue.Dword("Type", 1));
        return path;
    }

    /// <summary>Loads a driver from the repository.</summary>
    public DriverObject Load(string fileName)
    {
        var service = Install(fileName);
        return Run(async _ =>
        {
            var (status, driver) = await Kernel.Io.LoadDriver(service);
            Assert.True(status.IsSuccess, $"{fileName} did not load: {status}");
            return driver!.Value;
        });
    }

    /// <summary>Runs a numbered experiment of a driver that was built on drivers/src/test.h.</summary>
    /// <returns>The values that it left.</returns>
    public ulong[] Experiment(DriverObject driver, uint number, params ulong[] input) =>
        Run(_ => StartExperiment(driver, number, input));

    /// <summary>The same on the running thread.</summary>
    public async GuestTask<ulong[]> StartExperiment(DriverObject driver, uint number, params ulong[] input)
    {
        const int capacity = 64 * 8;
        var device = driver.DeviceObject!.Value;
        while (device.NextDevice is { } next && (device.Flags & DeviceFlags.DeviceHasName) == 0)
            device = next;
        var buffer = Allocate(capacity);
        for (var i = 0; i < input.Length; i++)
            Memory.WriteUInt64(buffer + (8 * i), input[i]);
        var irp = Kernel.Io.AllocateIrp(1);
        irp.SetSystemBuffer(Memory, buffer);
        var location = Kernel.Io.NextLocation(irp);
        location.SetMajorFunction(Memory, IrpMajor.DeviceControl);
        location.SetIoControlCode(Memory, (0x22 << 16) | ((0x900 + number) << 2));
        location.SetInputBufferLength(Memory, (uint)input.Length * 8);
        location.SetOutputBufferLength(Memory, capacity);
        location.SetCompletionRoutine(Memory, Routine(_ => GuestTask.FromResult((ulong)NtStatus.MoreProcessingRequired.Code)));
        location.SetControl(
            Memory, StackLocationControl.InvokeOnSuccess | StackLocationControl.InvokeOnError | StackLocationControl.InvokeOnCancel);
        var status = await Kernel.Io.IofCallDriver(device, irp);
        Assert.Equal(NtStatus.Success, status);
        var values = new ulong[irp.IoStatus.Information / 8];
        for (var i = 0; i < values.Length; i++)
            values[i] = Memory.ReadUInt64(buffer + (8 * i));
        Kernel.Io.FreeIrp(irp);
        return values;
    }

    public static string DriverPath(string fileName)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "drivers", "bin", fileName);
            if (File.Exists(path))
                return path;
        }

        throw new FileNotFoundException($"drivers/bin has no {fileName}; drivers/build.sh makes it.");
    }

    public void Dispose() => Kernel.Dispose();
}
