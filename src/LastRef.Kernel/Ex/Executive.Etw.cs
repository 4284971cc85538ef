using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Event tracing as providers see it while no session listens.</summary>
/// <remarks>Doc: "Adding Event Tracing to Kernel-Mode Drivers", WDK. A registration that outlives its image is R-43.</remarks>
internal sealed partial class Executive
{
    private const string NobodyListens = "no trace session runs in the lab, so an event reaches nobody";
    private readonly Dictionary<ulong, (Guid Provider, VirtualAddress Callback, string? Image)> _providers = [];
    private ulong _nextProvider = 0x1000;

    /// <summary>Providers that are registered, by their handles; the image is that whose code called.</summary>
    public IReadOnlyDictionary<ulong, (Guid Provider, VirtualAddress Callback, string? Image)> Providers => _providers;

    /// <summary>Handles of the providers that an image registered and did not unregister, oldest first.</summary>
    public IReadOnlyList<ulong> ProvidersOf(string image) =>
        [.. _providers.Where(p => string.Equals(p.Value.Image, image, StringComparison.OrdinalIgnoreCase)).Select(p => p.Key).Order()];

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "EtwRegister, WDK reference", Spec = "R-43")]
    internal NtStatus EtwRegister(VirtualAddress providerId, VirtualAddress enableCallback, VirtualAddress callbackContext, VirtualAddress regHandle)
    {
        Memory.WriteUInt64(regHandle, RegisterProvider(providerId, enableCallback));
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "EtwRegisterClassicProvider: registration of WPP providers, as the headers' macros call it", Spec = "R-43")]
    internal NtStatus EtwRegisterClassicProvider(
        VirtualAddress providerGuid, uint type, VirtualAddress enableCallback, VirtualAddress callbackContext, VirtualAddress regHandle)
    {
        Memory.WriteUInt64(regHandle, RegisterProvider(providerGuid, enableCallback));
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "EtwUnregister, WDK reference", Spec = "R-43")]
    internal NtStatus EtwUnregister(ulong regHandle)
    {
        if (!_providers.Remove(regHandle, out var provider))
            return NtStatus.InvalidHandle;
        _kernel.Record(new RegistrationRecord(RegistrationKind.Etw, false, new VirtualAddress(regHandle), provider.Callback, VirtualAddress.Null));
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", Doc = "EtwEventEnabled, WDK reference")]
    internal NtBoolean EtwEventEnabled(ulong regHandle, VirtualAddress eventDescriptor) => false;

    [KernelExport("ntoskrnl.exe", Doc = "EtwProviderEnabled, WDK reference")]
    internal NtBoolean EtwProviderEnabled(ulong regHandle, byte level, ulong keyword) => false;

    [KernelExport("ntoskrnl.exe", Doc = "EtwWrite, WDK reference", NoEffect = NobodyListens)]
    internal NtStatus EtwWrite(ulong regHandle, VirtualAddress eventDescriptor, VirtualAddress activityId, uint userDataCount, VirtualAddress userData) =>
        WriteStatus(regHandle);

    [KernelExport("ntoskrnl.exe", Doc = "EtwWriteEx, WDK reference", NoEffect = NobodyListens)]
    internal NtStatus EtwWriteEx(
        ulong regHandle, VirtualAddress eventDescriptor, ulong filter, uint flags, VirtualAddress activityId, VirtualAddress relatedActivityId,
        uint userDataCount, VirtualAddress userData) => WriteStatus(regHandle);

    [KernelExport("ntoskrnl.exe", Doc = "EtwWriteTransfer, WDK reference", NoEffect = NobodyListens)]
    internal NtStatus EtwWriteTransfer(
        ulong regHandle, VirtualAddress eventDescriptor, VirtualAddress activityId, VirtualAddress relatedActivityId, uint userDataCount,
        VirtualAddress userData) => WriteStatus(regHandle);

    [KernelExport("ntoskrnl.exe", Doc = "EtwWriteString, WDK reference", NoEffect = NobodyListens)]
    internal NtStatus EtwWriteString(ulong regHandle, byte level, ulong keyword, VirtualAddress activityId, VirtualAddress @string) => WriteStatus(regHandle);

    [KernelExport("ntoskrnl.exe", Doc = "EtwSetInformation: provider traits for sessions, evntprov.h", NoEffect = NobodyListens)]
    internal NtStatus EtwSetInformation(ulong regHandle, int informationClass, VirtualAddress eventInformation, uint informationLength) =>
        WriteStatus(regHandle);

    private ulong RegisterProvider(VirtualAddress providerId, VirtualAddress callback)
    {
        var guid = new byte[16];
        Memory.Read(providerId, guid);
        var handle = _nextProvider++;
        _providers.Add(handle, (new Guid(guid), callback, _kernel.Images.DriverStack() is [{ Module: { } module }, ..] ? module : null));
        _kernel.Record(new RegistrationRecord(RegistrationKind.Etw, true, new VirtualAddress(handle), callback, VirtualAddress.Null));
        return handle;
    }

    private NtStatus WriteStatus(ulong handle) => _providers.ContainsKey(handle) ? NtStatus.Success : NtStatus.InvalidHandle;
}
