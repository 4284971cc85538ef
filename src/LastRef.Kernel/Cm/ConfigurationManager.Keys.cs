using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Keys, as drivers create, open, list and delete them.</summary>
internal sealed partial class ConfigurationManager
{
    private const int MaximumKeyNameCharacters = 255;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwCreateKey, WDK reference", Missing = "symbolic links between keys")]
    [KernelExport("ntoskrnl.exe", Name = "NtCreateKey", MaxIrql = Irql.Passive, Doc = "NtCreateKey, WDK reference")]
    internal NtStatus ZwCreateKey(
        Out<HandleValue> keyHandle, uint desiredAccess, ObjectAttributes objectAttributes, uint titleIndex, UnicodeString? @class,
        uint createOptions, VirtualAddress disposition)
    {
        const uint isVolatile = 1;
        const uint createLink = 2;
        if ((createOptions & createLink) != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "ZwCreateKey of a symbolic link");
        var (status, path) = PathOf(objectAttributes);
        if (!status.IsSuccess)
            return status;
        (status, var key, var isNew) = CreateLast(path, (createOptions & isVolatile) != 0, @class?.ToText() ?? "");
        if (key is null)
            return status;
        keyHandle.Set(Memory, OpenKey(key, desiredAccess, IsKernelHandle(objectAttributes)));
        if (!disposition.IsNull)
            Memory.WriteUInt32(disposition, isNew ? 1u : 2u);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwOpenKey, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtOpenKey", MaxIrql = Irql.Passive, Doc = "NtOpenKey, WDK reference")]
    internal NtStatus ZwOpenKey(Out<HandleValue> keyHandle, uint desiredAccess, ObjectAttributes objectAttributes)
    {
        var (status, path) = PathOf(objectAttributes);
        if (!status.IsSuccess)
            return status;
        if (FindKey(path) is not { } key)
            return NtStatus.ObjectNameNotFound;
        keyHandle.Set(Memory, OpenKey(key, desiredAccess, IsKernelHandle(objectAttributes)));
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwOpenKeyEx, WDK reference", Missing = "opening a symbolic link itself")]
    internal NtStatus ZwOpenKeyEx(Out<HandleValue> keyHandle, uint desiredAccess, ObjectAttributes objectAttributes, uint openOptions)
    {
        const uint openLink = 8;
        if ((openOptions & openLink) != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "ZwOpenKeyEx of a symbolic link");
        return ZwOpenKey(keyHandle, desiredAccess, objectAttributes);
    }

    /// <summary>Refused while the key has subkeys; handles to it stay, but work through them fails (Doc: ZwDeleteKey).</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwDeleteKey, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtDeleteKey", MaxIrql = Irql.Passive, Doc = "NtDeleteKey, WDK reference")]
    internal NtStatus ZwDeleteKey(HandleValue keyHandle)
    {
        var (status, key) = ResolveKey(keyHandle);
        if (key is null)
            return status;
        return key.Delete() ? NtStatus.Success : NtStatus.CannotDelete;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwFlushKey, WDK reference",
        NoEffect = "the lab's registry is not on a disk; what was written is there when it is read")]
    internal NtStatus ZwFlushKey(HandleValue keyHandle) => ResolveKey(keyHandle).Status;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwEnumerateKey, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtEnumerateKey", MaxIrql = Irql.Passive, Doc = "NtEnumerateKey, WDK reference")]
    internal NtStatus ZwEnumerateKey(
        HandleValue keyHandle, uint index, uint keyInformationClass, VirtualAddress keyInformation, uint length, Out<uint> resultLength)
    {
        var (status, key) = ResolveKey(keyHandle);
        if (key is null)
            return status;
        if (keyInformationClass > KeyFullInformation)
            return NtStatus.InvalidParameter;
        return index < key.Children.Count
            ? WriteKeyInformation(key.Children[(int)index], keyInformationClass, keyInformation, length, resultLength)
            : NtStatus.NoMoreEntries;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwQueryKey, WDK reference", Missing = "classes above KeyNameInformation")]
    [KernelExport("ntoskrnl.exe", Name = "NtQueryKey", MaxIrql = Irql.Passive, Doc = "NtQueryKey, WDK reference")]
    internal NtStatus ZwQueryKey(
        HandleValue keyHandle, uint keyInformationClass, VirtualAddress keyInformation, uint length, Out<uint> resultLength)
    {
        var (status, key) = ResolveKey(keyHandle);
        return key is null ? status : WriteKeyInformation(key, keyInformationClass, keyInformation, length, resultLength);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwNotifyChangeKey, ntifs.h", Missing = "the notification itself")]
    internal NtStatus ZwNotifyChangeKey(
        HandleValue keyHandle, HandleValue @event, VirtualAddress apcRoutine, VirtualAddress apcContext, VirtualAddress ioStatusBlock,
        uint completionFilter, NtBoolean watchTree, VirtualAddress buffer, uint length, NtBoolean asynchronous)
    {
        var (status, key) = ResolveKey(keyHandle);
        return key is null ? status : throw MachineStopException.Unsupported(UnsupportedKind.Case, "ZwNotifyChangeKey on an existing key");
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
        return (NtStatus.Success, key, true);
    }

    private static bool IsKernelHandle(ObjectAttributes attributes) => (attributes.Attributes & (uint)ObjectAttributeFlags.KernelHandle) != 0;
}
