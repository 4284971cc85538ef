using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Keys, as drivers create, open, list and delete them.</summary>
internal sealed partial class ConfigurationManager
{
    private const int MaximumKeyNameCharacters = 255;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwCreateKey, WDK reference", Missing = "symbolic links between keys")]
    [KernelExport("ntoskrnl.exe", Name = "NtCreateKey", MaxIrql = Irql.Passive, Doc = "NtCreateKey, WDK reference")]
    internal GuestTask<NtStatus> ZwCreateKey(
        Out<HandleValue> keyHandle, uint desiredAccess, ObjectAttributes objectAttributes, uint titleIndex, UnicodeString? @class,
        uint createOptions, VirtualAddress disposition)
    {
        const uint isVolatile = 1;
        const uint createLink = 2;
        if ((createOptions & createLink) != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "ZwCreateKey of a symbolic link");
        var (status, path) = PathOf(objectAttributes);
        if (!status.IsSuccess)
            return GuestTask.FromResult(status);
        return ObserveOpen(RegistryNotice.CreateKey, path, keyHandle, desiredAccess, objectAttributes, createOptions, @class, () =>
        {
            var (made, key, isNew) = CreateLast(path.Full, (createOptions & isVolatile) != 0, @class?.ToText() ?? "");
            if (key is not null && !disposition.IsNull)
                Memory.WriteUInt32(disposition, isNew ? 1u : 2u);
            return (made, key);
        });
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwOpenKey, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtOpenKey", MaxIrql = Irql.Passive, Doc = "NtOpenKey, WDK reference")]
    internal GuestTask<NtStatus> ZwOpenKey(Out<HandleValue> keyHandle, uint desiredAccess, ObjectAttributes objectAttributes)
    {
        var (status, path) = PathOf(objectAttributes);
        if (!status.IsSuccess)
            return GuestTask.FromResult(status);
        return ObserveOpen(
            RegistryNotice.OpenKey, path, keyHandle, desiredAccess, objectAttributes, 0, null,
            () => FindKey(path.Full) is { } key ? (NtStatus.Success, key) : (NtStatus.ObjectNameNotFound, null));
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwOpenKeyEx, WDK reference", Missing = "opening a symbolic link itself")]
    internal GuestTask<NtStatus> ZwOpenKeyEx(Out<HandleValue> keyHandle, uint desiredAccess, ObjectAttributes objectAttributes, uint openOptions)
    {
        const uint openLink = 8;
        if ((openOptions & openLink) != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "ZwOpenKeyEx of a symbolic link");
        return ZwOpenKey(keyHandle, desiredAccess, objectAttributes);
    }

    /// <summary>Refused while the key has subkeys; handles to it stay, but work through them fails (Doc: ZwDeleteKey).</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwDeleteKey, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtDeleteKey", MaxIrql = Irql.Passive, Doc = "NtDeleteKey, WDK reference")]
    internal GuestTask<NtStatus> ZwDeleteKey(HandleValue keyHandle)
    {
        var (status, key, body) = ResolveKey(keyHandle);
        if (key is null)
            return GuestTask.FromResult(status);
        return Observe(
            RegistryNotice.DeleteKey, body, info => Memory.WritePointer(info, body), () => DeleteKey(key));
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwFlushKey, WDK reference",
        NoEffect = "the lab's registry is not on a disk; what was written is there when it is read")]
    internal GuestTask<NtStatus> ZwFlushKey(HandleValue keyHandle)
    {
        var (status, key, body) = ResolveKey(keyHandle);
        return key is null
            ? GuestTask.FromResult(status)
            : Observe(RegistryNotice.FlushKey, body, info => Memory.WritePointer(info, body), () => NtStatus.Success);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwEnumerateKey, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtEnumerateKey", MaxIrql = Irql.Passive, Doc = "NtEnumerateKey, WDK reference")]
    internal GuestTask<NtStatus> ZwEnumerateKey(
        HandleValue keyHandle, uint index, uint keyInformationClass, VirtualAddress keyInformation, uint length, Out<uint> resultLength)
    {
        var (status, key, body) = ResolveKey(keyHandle);
        if (key is null)
            return GuestTask.FromResult(status);
        if (keyInformationClass > KeyFullInformation)
            return GuestTask.FromResult(NtStatus.InvalidParameter);
        return Observe(
            RegistryNotice.EnumerateKey, body,
            info => DescribeEnumeration(info, body, index, keyInformationClass, keyInformation, length, resultLength),
            () => index < key.Children.Count
                ? WriteKeyInformation(key.Children[(int)index], keyInformationClass, keyInformation, length, resultLength)
                : NtStatus.NoMoreEntries);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwQueryKey, WDK reference", Missing = "classes above KeyNameInformation")]
    [KernelExport("ntoskrnl.exe", Name = "NtQueryKey", MaxIrql = Irql.Passive, Doc = "NtQueryKey, WDK reference")]
    internal GuestTask<NtStatus> ZwQueryKey(
        HandleValue keyHandle, uint keyInformationClass, VirtualAddress keyInformation, uint length, Out<uint> resultLength)
    {
        var (status, key, body) = ResolveKey(keyHandle);
        if (key is null)
            return GuestTask.FromResult(status);
        return Observe(
            RegistryNotice.QueryKey, body, Describe, () => WriteKeyInformation(key, keyInformationClass, keyInformation, length, resultLength));

        void Describe(VirtualAddress info)
        {
            Memory.WritePointer(info, body);
            Memory.WriteUInt32(info + 8, keyInformationClass);
            Memory.WritePointer(info + 0x10, keyInformation);
            Memory.WriteUInt32(info + 0x18, length);
            Memory.WritePointer(info + 0x20, resultLength.Address);
        }
    }

    /// <summary>Opens what an operation finds or makes, between its notifications.</summary>
    private async GuestTask<NtStatus> ObserveOpen(
        RegistryNotice notice, KeyPath path, Out<HandleValue> keyHandle, uint desiredAccess, ObjectAttributes attributes, uint options,
        UnicodeString? @class, Func<(NtStatus Status, RegistryKey? Key)> find)
    {
        var opened = default(HandleValue);
        var names = VirtualAddress.Null;
        var status = await Observe(notice, path.Root, Describe, Perform, () => _kernel.Ob.FindHandle(_kernel.Ps.CurrentProcess, opened)!.Value.Body);
        if (names.IsNull)
            return status;
        foreach (var offset in new[] { 0, 0x10 })
            _kernel.Ex.NonPagedPool.Free(new UnicodeString(Memory, names + offset).Buffer);
        _kernel.Ex.NonPagedPool.Free(names);
        return status;

        NtStatus Perform()
        {
            var (found, key) = find();
            if (key is null)
                return found;
            opened = OpenKey(key, desiredAccess, IsKernelHandle(attributes));
            keyHandle.Set(Memory, opened);
            return NtStatus.Success;
        }

        // REG_CREATE_KEY_INFORMATION_V1, the same for opening.
        void Describe(VirtualAddress info)
        {
            names = _kernel.Ex.NonPagedPool.Allocate(0x20, PoolTags.Registry, null);
            _kernel.Rtl.WriteString(new UnicodeString(Memory, names), path.Complete, PoolTags.Registry);
            _kernel.Rtl.WriteString(new UnicodeString(Memory, names + 0x10), path.Remaining, PoolTags.Registry);
            Memory.WritePointer(info, names);
            Memory.WritePointer(info + 8, path.Root);
            Memory.WritePointer(info + 0x10, _kernel.Ob.TypeAddress(ObjectKind.Key));
            Memory.WriteUInt32(info + 0x18, options);
            Memory.WritePointer(info + 0x20, @class?.Address ?? VirtualAddress.Null);
            Memory.WriteUInt32(info + 0x38, desiredAccess);
            Memory.WriteUInt64(info + 0x68, 1); // Version
            Memory.WritePointer(info + 0x70, names + 0x10);
            Memory.WriteUInt32(info + 0x7C, attributes.Attributes);
        }
    }

    /// <summary>The key at a path, whose parent must exist.</summary>
    private (NtStatus Status, RegistryKey? Key, bool IsNew) CreateLast(string path, bool isVolatile, string keyClass)
    {
        if (FindKey(path) is { } existing)
            return (NtStatus.Success, existing, false);
        var trimmed = path.TrimEnd('\\');
        var cut = trimmed.LastIndexOf('\\');
        if (trimmed.Length - cut - 1 > MaximumKeyNameCharacters)
            return (NtStatus.InvalidParameter, null, false);
        if (FindKey(trimmed[..cut]) is not { } parent)
            return (NtStatus.ObjectNameNotFound, null, false);

        // Doc: ZwCreateKey; a volatile key has volatile children only.
        if (parent.IsVolatile && !isVolatile)
            return (NtStatus.ChildMustBeVolatile, null, false);
        var key = parent.Create(trimmed[(cut + 1)..], isVolatile, keyClass);
        key.LastWriteTime100ns = parent.LastWriteTime100ns = _kernel.Ke.SystemTime100ns;
        Changed(parent, KeyChange.Name);
        return (NtStatus.Success, key, true);
    }

    private NtStatus DeleteKey(RegistryKey key)
    {
        if (!key.Delete())
            return NtStatus.CannotDelete;
        Changed(key.Parent!, KeyChange.Name);
        return NtStatus.Success;
    }

    private static bool IsKernelHandle(ObjectAttributes attributes) => (attributes.Attributes & (uint)ObjectAttributeFlags.KernelHandle) != 0;
}
