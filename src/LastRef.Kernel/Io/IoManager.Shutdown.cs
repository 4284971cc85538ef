using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Shutdown notification (U-6.25, T-19).</summary>
internal sealed partial class IoManager
{
    private readonly List<(DeviceObject Device, bool LastChance)> _shutdown = [];

    /// <summary>Devices that are registered, oldest first.</summary>
    public IReadOnlyList<(DeviceObject Device, bool LastChance)> ShutdownRegistrations => _shutdown;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.25")]
    internal NtStatus IoRegisterShutdownNotification(DeviceObject deviceObject) => RegisterShutdown(deviceObject, lastChance: false);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.25")]
    internal NtStatus IoRegisterLastChanceShutdownNotification(DeviceObject deviceObject) => RegisterShutdown(deviceObject, lastChance: true);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.25")]
    internal GuestTask IoUnregisterShutdownNotification(DeviceObject deviceObject) => UnregisterShutdown(deviceObject);

    /// <summary>Sends IRP_MJ_SHUTDOWN to every registered device, newest first, as the end of the system does.</summary>
    public async GuestTask NotifyShutdown()
    {
        foreach (var lastChance in new[] { false, true })
        {
            foreach (var (device, _) in Enumerable.Reverse(_shutdown.FindAll(s => s.LastChance == lastChance)).ToArray())
            {
                await SendSynchronous(
                    IoGetAttachedDevice(device), NtStatus.NotSupported, location => location.SetMajorFunction(Memory, IrpMajor.Shutdown));
            }
        }
    }

    private NtStatus RegisterShutdown(DeviceObject device, bool lastChance)
    {
        _kernel.Ob.Reference(device.Address, ReferenceCause.ShutdownNotification);
        _shutdown.Add((device, lastChance));
        device.SetFlags(Memory, device.Flags | DeviceFlags.ShutdownRegistered);
        _kernel.Record(new RegistrationRecord(
            RegistrationKind.ShutdownNotification, true, device.Address, ShutdownRoutine(device), device.Address));
        return NtStatus.Success;
    }

    private async GuestTask UnregisterShutdown(DeviceObject device)
    {
        var routine = ShutdownRoutine(device);
        var count = _shutdown.RemoveAll(s => s.Device.Address == device.Address);
        device.SetFlags(Memory, device.Flags & ~DeviceFlags.ShutdownRegistered);
        for (var i = 0; i < count; i++)
        {
            _kernel.Record(new RegistrationRecord(RegistrationKind.ShutdownNotification, false, device.Address, routine, device.Address));
            await _kernel.Ob.Dereference(device.Address, ReferenceCause.ShutdownNotification);
        }
    }

    private static VirtualAddress ShutdownRoutine(DeviceObject device) =>
        device.DriverObject?.MajorFunction[(int)IrpMajor.Shutdown] ?? VirtualAddress.Null;
}
