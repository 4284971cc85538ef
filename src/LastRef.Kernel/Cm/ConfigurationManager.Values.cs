using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Values, as drivers read, write, list and delete them.</summary>
internal sealed partial class ConfigurationManager
{
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwQueryValueKey, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtQueryValueKey", MaxIrql = Irql.Passive, Doc = "NtQueryValueKey, WDK reference")]
    internal NtStatus ZwQueryValueKey(
        HandleValue keyHandle, UnicodeString valueName, uint keyValueInformationClass, VirtualAddress keyValueInformation, uint length,
        Out<uint> resultLength)
    {
        var (status, key) = ResolveKey(keyHandle);
        if (key is null)
            return status;
        return key.FindValue(valueName.ToText()) is { } value
            ? WriteValueInformation(value, keyValueInformationClass, keyValueInformation, length, resultLength)
            : NtStatus.ObjectNameNotFound;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwSetValueKey, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtSetValueKey", MaxIrql = Irql.Passive, Doc = "NtSetValueKey, WDK reference")]
    internal NtStatus ZwSetValueKey(
        HandleValue keyHandle, UnicodeString valueName, uint titleIndex, uint type, VirtualAddress data, uint dataSize)
    {
        var (status, key) = ResolveKey(keyHandle);
        if (key is not null)
            SetValue(key, valueName.ToText(), type, data, dataSize);
        return status;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwDeleteValueKey, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtDeleteValueKey", MaxIrql = Irql.Passive, Doc = "ZwDeleteValueKey, WDK reference")]
    internal NtStatus ZwDeleteValueKey(HandleValue keyHandle, UnicodeString valueName)
    {
        var (status, key) = ResolveKey(keyHandle);
        return key is null ? status : DeleteValue(key, valueName.ToText());
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwEnumerateValueKey, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtEnumerateValueKey", MaxIrql = Irql.Passive, Doc = "NtEnumerateValueKey, WDK reference")]
    internal NtStatus ZwEnumerateValueKey(
        HandleValue keyHandle, uint index, uint keyValueInformationClass, VirtualAddress keyValueInformation, uint length, Out<uint> resultLength)
    {
        var (status, key) = ResolveKey(keyHandle);
        if (key is null)
            return status;
        return index < key.Values.Count
            ? WriteValueInformation(key.Values[(int)index], keyValueInformationClass, keyValueInformation, length, resultLength)
            : NtStatus.NoMoreEntries;
    }

    private void SetValue(RegistryKey key, string name, uint type, VirtualAddress data, uint byteCount)
    {
        var bytes = new byte[byteCount];
        Memory.Read(data, bytes);
        key.SetValue(new RegistryValue(name, type, bytes));
        key.LastWriteTime100ns = _kernel.Ke.SystemTime100ns;
    }

    private NtStatus DeleteValue(RegistryKey key, string name)
    {
        if (!key.DeleteValue(name))
            return NtStatus.ObjectNameNotFound;
        key.LastWriteTime100ns = _kernel.Ke.SystemTime100ns;
        return NtStatus.Success;
    }
}
