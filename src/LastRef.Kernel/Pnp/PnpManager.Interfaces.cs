using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Device interfaces: registration, enabling, finding (spec 1.8, U-6.40).</summary>
/// <remarks>U-1.61: an interface holds neither the PDO nor the driver.</remarks>
internal sealed partial class PnpManager
{
    private const string DeviceClassesKey = @"\Registry\Machine\System\CurrentControlSet\Control\DeviceClasses\";

    /// <summary>DEVICE_INTERFACE_INCLUDE_NONACTIVE (Doc: IoGetDeviceInterfaces).</summary>
    private const uint IncludeNonActive = 1;

    private readonly List<DeviceInterface> _interfaces = [];

    /// <summary>Interfaces in the order of their registration, the disabled ones too.</summary>
    public IReadOnlyList<DeviceInterface> Interfaces => _interfaces;

    /// <summary>Registers an interface; its name is the caller's to free with RtlFreeUnicodeString.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-1.61 U-6.40")]
    internal NtStatus IoRegisterDeviceInterface(
        DeviceObject physicalDeviceObject, VirtualAddress interfaceClassGuid, UnicodeString? referenceString, UnicodeString symbolicLinkName)
    {
        var (classGuid, reference) = (ReadGuid(interfaceClassGuid), referenceString?.ToText() ?? "");
        if (DeviceOfPdo(physicalDeviceObject.Address) is not { } device || reference.AsSpan().IndexOfAny('\\', '/') >= 0)
            return NtStatus.InvalidDeviceRequest;
        var registered = _interfaces.Find(i => i.Class == classGuid && IsOf(i, device) && i.Reference == reference)
            ?? new DeviceInterface(classGuid, device.Identity.InstancePath, reference);
        if (!_interfaces.Contains(registered))
        {
            _interfaces.Add(registered);
            WriteInterfaceKeys(registered);
        }

        WriteCallersString(symbolicLinkName, registered.Name);
        return NtStatus.Success;
    }

    /// <summary>Enables or disables an interface: the link that applications open comes and goes.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-1.61 U-6.40")]
    internal async GuestTask<NtStatus> IoSetDeviceInterfaceState(UnicodeString symbolicLinkName, NtBoolean enable)
    {
        if (FindInterface(symbolicLinkName.ToText()) is not { } found)
            return NtStatus.ObjectNameNotFound;
        if (!enable)
            return await Disable(found) ? NtStatus.Success : NtStatus.ObjectNameNotFound;
        return found.IsEnabled ? NtStatus.ObjectNameExists : await Enable(found);
    }

    /// <summary>Names of the interfaces of a class, one after the other, in memory that the caller frees.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoGetDeviceInterfaces, WDK reference")]
    internal NtStatus IoGetDeviceInterfaces(
        VirtualAddress interfaceClassGuid, DeviceObject? physicalDeviceObject, uint flags, Out<VirtualAddress> symbolicLinkList)
    {
        var classGuid = ReadGuid(interfaceClassGuid);
        PnpDevice? only = null;
        if (physicalDeviceObject is { } pdo && (only = DeviceOfPdo(pdo.Address)) is null)
            return NtStatus.InvalidDeviceRequest;
        var names = _interfaces.Where(i => i.Class == classGuid
            && (i.IsEnabled || (flags & IncludeNonActive) != 0)
            && (only is null || IsOf(i, only))).Select(i => i.Name);
        symbolicLinkList.Set(Memory, AllocateForCaller(string.Concat(names.Select(n => n + "\0")) + "\0"));
        return NtStatus.Success;
    }

    /// <summary>The interface of another class that the same device has under the same reference string.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoGetDeviceInterfaceAlias, WDK reference")]
    internal NtStatus IoGetDeviceInterfaceAlias(
        UnicodeString symbolicLinkName, VirtualAddress aliasInterfaceClassGuid, UnicodeString aliasSymbolicLinkName)
    {
        var classGuid = ReadGuid(aliasInterfaceClassGuid);
        if (FindInterface(symbolicLinkName.ToText()) is not { } known
            || _interfaces.Find(i => i.Class == classGuid && i.InstancePath == known.InstancePath && i.Reference == known.Reference) is not { } alias)
            return NtStatus.ObjectNameNotFound;
        WriteCallersString(aliasSymbolicLinkName, alias.Name);
        return NtStatus.Success;
    }

    /// <summary>An interface by its name, in the form of the kernel (<c>\??\</c>) or of applications (<c>\\?\</c>).</summary>
    internal DeviceInterface? FindInterface(string name)
    {
        var canonical = name.StartsWith(@"\\?\", StringComparison.Ordinal) ? @"\??\" + name[4..] : name;
        return _interfaces.Find(i => i.Name.Equals(canonical, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsOf(DeviceInterface known, PnpDevice device) =>
        known.InstancePath.Equals(device.Identity.InstancePath, StringComparison.OrdinalIgnoreCase);

    private DeviceInterface? EnabledWithSameLink(DeviceInterface known) =>
        _interfaces.Find(i => i != known && i.IsEnabled && i.LinkName.Equals(known.LinkName, StringComparison.OrdinalIgnoreCase));

    private async GuestTask<NtStatus> Enable(DeviceInterface found)
    {
        if (_devices.FindLast(d => !d.IsDeleted && IsOf(found, d)) is not { } device || _kernel.Ob.NameOf(device.Pdo.Address) is not { } target)
            return NtStatus.InvalidDeviceRequest;

        // Interfaces of one class that differ in their reference string share the link; the rest of the name goes to CREATE.
        if (EnabledWithSameLink(found) is { } other)
            found.Link = other.Link;
        else
        {
            var status = _kernel.Ob.CreateSymbolicLink(found.LinkName, target, out var link);
            await _kernel.Ob.Dereference(link, ReferenceCause.KeepAlive);
            if (!status.IsSuccess)
                return status;
            found.Link = link;
            RecordInterface(link, device, begin: true);
        }

        found.IsEnabled = true;
        InterfaceControlKey(found).SetValue(RegistryValue.Dword("Linked", 1));
        QueueInterfaceChange(found, PnpEvents.InterfaceArrival);
        return NtStatus.Success;
    }

    /// <summary>U-6.40a: what a driver left enabled goes with the removal of its device.</summary>
    private async GuestTask DisableInterfacesOf(PnpDevice device)
    {
        foreach (var left in _interfaces.Where(i => i.IsEnabled && IsOf(i, device)).ToArray())
            await Disable(left);
    }

    /// <returns>False when the interface was not enabled.</returns>
    private async GuestTask<bool> Disable(DeviceInterface found)
    {
        if (!found.IsEnabled)
            return false;
        found.IsEnabled = false;
        InterfaceControlKey(found).SetValue(RegistryValue.Dword("Linked", 0));
        QueueInterfaceChange(found, PnpEvents.InterfaceRemoval);
        var link = found.Link;
        found.Link = VirtualAddress.Null;
        if (EnabledWithSameLink(found) is not null)
            return true;
        RecordInterface(link, _devices.FindLast(d => IsOf(found, d)), begin: false);
        await _kernel.Ob.MakeTemporary(link);
        return true;
    }

    private void RecordInterface(VirtualAddress link, PnpDevice? device, bool begin) => _kernel.Record(new RegistrationRecord(
        RegistrationKind.DeviceInterface, begin, link, VirtualAddress.Null, device?.Pdo.Address ?? VirtualAddress.Null));

    private RegistryKey InterfaceControlKey(DeviceInterface known) =>
        _kernel.Cm.CreateKey(InterfaceKey(known) + @"\#" + known.Reference + @"\Control");

    private void WriteInterfaceKeys(DeviceInterface known)
    {
        _kernel.Cm.CreateKey(InterfaceKey(known)).SetValue(RegistryValue.String("DeviceInstance", known.InstancePath));
        _kernel.Cm.CreateKey(InterfaceKey(known) + @"\#" + known.Reference)
            .SetValue(RegistryValue.String("SymbolicLink", @"\\?\" + known.Name[4..]));
    }

    private static string InterfaceKey(DeviceInterface known) =>
        DeviceClassesKey + known.Class.ToString("B") + @"\##?#" + known.LinkName[4..];

    private Guid ReadGuid(VirtualAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        Memory.Read(address, bytes);
        return new Guid(bytes);
    }

    /// <summary>A string in paged pool that the driver under test has to free.</summary>
    private void WriteCallersString(UnicodeString text, string value)
    {
        var buffer = AllocateForCaller(value + "\0");
        text.SetLength(Memory, (ushort)(2 * value.Length));
        text.SetMaximumLength(Memory, (ushort)((2 * value.Length) + 2));
        text.SetBuffer(Memory, buffer);
    }

    private VirtualAddress AllocateForCaller(string text)
    {
        var bytes = WideText.Bytes(text);
        var stack = _kernel.Images.DriverStack();
        var buffer = _kernel.Ex.PagedPool.Allocate((ulong)bytes.Length, PoolTags.Pnp, stack.Count > 0 ? stack[0] : null);
        Memory.Write(buffer, bytes);
        return buffer;
    }
}
