using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>The lab's own drivers, by the service names under which a profile puts them into a stack.</summary>
internal static class LabDrivers
{
    public const string NullFunction = "lab-null-function";
    public const string PassThrough = "lab-pass-through";
    public const string KeyboardClass = "lab-keyboard-class";
    public const string RawBus = "lab-raw-bus";

    private static readonly Dictionary<string, Func<NtKernel, ManagedDriver>> _all = new(StringComparer.OrdinalIgnoreCase)
    {
        [NullFunction] = kernel => new NullFunctionDriver(kernel),
        [PassThrough] = kernel => new PassThroughFilter(kernel),
        [KeyboardClass] = kernel => new KeyboardClassDriver(kernel),
        [RawBus] = kernel => new RawBusDriver(kernel),
    };

    public static IReadOnlyCollection<string> Names => _all.Keys;

    public static bool Has(string service) => _all.ContainsKey(service);

    /// <summary>Puts drivers into a machine, before anything asks for them.</summary>
    public static void Install(NtKernel kernel, IEnumerable<string> services)
    {
        ManagedDriver[] drivers = [.. services.Where(Has).Distinct(StringComparer.OrdinalIgnoreCase).Select(name => _all[name](kernel))];
        if (drivers.Length == 0)
            return;
        kernel.RunOnSystemThread("lab: drivers", async _ =>
        {
            foreach (var driver in drivers)
                await driver.Initialize();
        });
    }

    /// <summary>What is made without waiting for anything, as objects that come to be while a name is looked up.</summary>
    internal static T Now<T>(GuestTask<T> task)
    {
        Invariant.Check(task.IsCompleted, "Making an object of the lab's own waited for something.");
        return task.GetResult();
    }

    /// <summary>What answers a device's own requests; null for a device that answers none.</summary>
    /// <param name="instance">From zero: no two USB devices have one serial number.</param>
    public static Func<LastRef.Nt.DeviceObject, IBusDevice>? HardwareOf(NtKernel kernel, DeviceProfile profile, int instance = 0) => profile.Bus switch
    {
        ProfileBus.Usb when profile.Usb is { } usb => _ => new UsbDevice(kernel, usb.Numbered(instance)),
        ProfileBus.Serial => _ => new SerialPort(kernel, profile.Serial ?? new ProfileSerial()),
        ProfileBus.Disk => _ => new DiskDevice(kernel),
        ProfileBus.Hid => _ => new HidDevice(kernel),
        _ => null,
    };
}
