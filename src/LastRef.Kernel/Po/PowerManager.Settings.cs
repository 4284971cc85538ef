using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Power setting callbacks (U-6.35) and what drivers tell the power manager about the system.</summary>
internal sealed partial class PowerManager
{
    /// <summary>Settings with a value that every machine has: mains power (PoAc is 0), a display that is on, an open lid (wdm.h, winnt.h).</summary>
    private static readonly (Guid Setting, uint Value)[] _settings =
    [
        (new("5d3e9a59-e9d5-4b00-a6bd-ff34ff516548"), 0),
        (new("02731015-4510-4526-99e6-e5a17ebd1aea"), 1),
        (new("6fe69556-704a-47a0-8f24-c28d936fda47"), 1),
        (new("ba3e0f4d-b817-4094-a2d1-d56379e6a0f3"), 1),
    ];

    /// <summary>Whether a setting has a value.</summary>
    public static bool HasValue(Guid setting) => _settings.Any(known => known.Setting == setting);

    /// <summary>'PSet', the tag of a registration.</summary>
    private const uint PowerSettingTag = 0x7465_5350;

    private readonly List<VirtualAddress> _registrations = [];
    private readonly Dictionary<VirtualAddress, VirtualAddress> _idleCounters = [];

    /// <summary>Registers a callback for a power setting; a worker calls it with the value that the setting has now.</summary>
    /// <remarks>The handle is the registration.</remarks>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "U-6.35",
        Missing = "settings other than power source, display and lid; values never change")]
    internal NtStatus PoRegisterPowerSettingCallback(
        DeviceObject? deviceObject, VirtualAddress settingGuid, VirtualAddress callback, VirtualAddress context, Out<VirtualAddress> handle)
    {
        var guid = new byte[16];
        Memory.Read(settingGuid, guid);
        var block = _kernel.Ex.NonPagedPool.Allocate((ulong)PowerSettingRegistration.SizeOf(Memory.Layout), PoolTags.Power, null);
        var registration = new PowerSettingRegistration(Memory, block);
        registration.SetTag(Memory, PowerSettingTag);
        registration.SetSettingGuid(Memory, new Guid(guid));
        registration.SetCallback(Memory, callback);
        registration.SetContext(Memory, context);
        registration.SetDeviceObject(Memory, deviceObject);
        _registrations.Add(block);
        _kernel.Record(new RegistrationRecord(
            RegistrationKind.PowerSetting, true, block, callback, deviceObject?.Address ?? VirtualAddress.Null));
        handle.SetIfGiven(Memory, block);
        foreach (var (setting, value) in _settings)
        {
            if (setting == new Guid(guid))
                _kernel.Ex.QueueWork(thread => TellSetting(thread, block, value));
        }

        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "U-6.35")]
    internal NtStatus PoUnregisterPowerSettingCallback(VirtualAddress handle)
    {
        if (!_registrations.Remove(handle))
            return NtStatus.InvalidParameter;
        var registration = new PowerSettingRegistration(Memory, handle);
        _kernel.Record(new RegistrationRecord(
            RegistrationKind.PowerSetting, false, handle, registration.Callback, registration.DeviceObject?.Address ?? VirtualAddress.Null));
        _kernel.Ex.NonPagedPool.Free(handle);
        return NtStatus.Success;
    }

    /// <summary>Tells the system that it is in use.</summary>
    /// <returns>The handle given, or a new one when none was (Doc: PoRegisterSystemState).</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "PoRegisterSystemState, WDK reference")]
    internal VirtualAddress PoRegisterSystemState(VirtualAddress stateHandle, uint flags)
    {
        var handle = stateHandle.IsNull ? _kernel.Ex.NonPagedPool.Allocate(8, PoolTags.Power, null) : stateHandle;
        Memory.WriteUInt32(handle, flags);
        return handle;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "PoUnregisterSystemState, WDK reference")]
    internal void PoUnregisterSystemState(VirtualAddress stateHandle) => _kernel.Ex.NonPagedPool.Free(stateHandle);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "PoSetSystemState, WDK reference",
        NoEffect = "the lab's machine never sleeps of itself, so nobody needs to keep it awake")]
    internal void PoSetSystemState(uint flags)
    {
        // The virtual machine has no idle timer.
    }

    /// <summary>Gives a device a counter that the driver resets while the device is busy.</summary>
    /// <returns>The counter; null when both times are zero, which ends the detection.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "PoRegisterDeviceForIdleDetection, WDK reference",
        Missing = "power requests to devices that are idle")]
    internal VirtualAddress PoRegisterDeviceForIdleDetection(
        DeviceObject deviceObject, uint conservationIdleTime, uint performanceIdleTime, uint state)
    {
        if (_idleCounters.Remove(deviceObject.Address, out var known))
            _kernel.Ex.NonPagedPool.Free(known);
        if (conservationIdleTime == 0 && performanceIdleTime == 0)
            return VirtualAddress.Null;
        return _idleCounters[deviceObject.Address] = _kernel.Ex.NonPagedPool.Allocate(8, PoolTags.Power, null);
    }

    private async GuestTask TellSetting(KernelThread thread, VirtualAddress block, uint value)
    {
        // It may have been given back before a worker came to it.
        if (!_registrations.Contains(block))
            return;
        var data = _kernel.Ex.PagedPool.Allocate(24, PoolTags.Power, null);
        var registration = new PowerSettingRegistration(Memory, block);
        Memory.Write(data, registration.SettingGuid.ToByteArray());
        Memory.WriteUInt32(data + 16, value);
        await _kernel.CallDriver(
            DriverCallKind.Notification, VirtualAddress.Null, thread, registration.Callback,
            data.Value, (data + 16).Value, 4, registration.Context.Value);
        _kernel.Ex.PagedPool.Free(data);
    }
}
