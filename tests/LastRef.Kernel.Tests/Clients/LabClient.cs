using LastRef.Kernel;
using LastRef.Lab;
using LastRef.Symbols;

namespace LastRef.Tests;

/// <summary>A machine with a committed driver in it and the levers of the lab.</summary>
internal sealed class LabClient : IDisposable
{
    private LabClient(string file, bool plugIn)
    {
        Machine = new LabMachine(new MachineOptions());
        Service = Machine.InstallDriver(Parse(file), file);
        if (plugIn)
        {
            Device = Machine.PlugIn(Identity(0))!;
            Assert.True(Device.IsStarted, $"{file} did not start: {Device.Failure}");
        }
    }

    public LabMachine Machine { get; }

    public LabService Service { get; }

    public PnpDevice Device { get; } = null!;

    public Trace Trace => Machine.Kernel.Trace;

    public static LabClient Legacy(string file) => new(file, plugIn: false);

    public static LabClient Pnp(string file) => new(file, plugIn: true);

    public static PeImage Parse(string file) => PeImage.Parse(File.ReadAllBytes(KernelTest.DriverPath(file)), file);

    public DeviceIdentity Identity(int instance) => new()
    {
        InstancePath = $@"LASTREF\CLIENT\{instance}", HardwareIds = [@"LASTREF\CLIENT"], Service = Service.Name,
    };

    /// <summary>Opens the device's interface in a new application.</summary>
    public LabHandle OpenInterface(ClientBehaviour behaviour = ClientBehaviour.Unaware, string? service = null)
    {
        var application = Machine.StartApplication(service is null ? "app.exe" : "service.exe", service);
        application.Behaviour = behaviour;
        var handle = Machine.Open(application, Machine.FindInterface(Device)!);
        Assert.NotNull(handle);
        return handle;
    }

    public LabHandle Open(string path)
    {
        var handle = Machine.Open(Machine.StartApplication("app.exe"), path);
        Assert.NotNull(handle);
        return handle;
    }

    /// <summary>What clients were told, in order, with their answers.</summary>
    public IReadOnlyList<(ClientEvent Event, ClientAnswer Answer)> Told => [.. Trace.Of<ClientNotificationRecord>().Select(r => (r.Event, r.Answer))];

    /// <summary>Minor codes of the removal requests that the driver's device got, in order.</summary>
    public IReadOnlyList<byte> Removals => [.. Trace.Of<IrpRecord>()
        .Where(r => r is { Step: IrpStep.Sent, Major: 0x1B, Minor: 1 or 2 or 3 or 0x17 } && r.Device != Device.Pdo.Address).Select(r => r.Minor)];

    public IEnumerable<SeenRecord> Seen(SeenWhere where) => Trace.Of<SeenRecord>().Where(s => s.Where == where);

    public void Dispose() => Machine.Dispose();
}
