using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Values, as drivers read, write, list and delete them.</summary>
internal sealed partial class ConfigurationManager
{
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwQueryValueKey, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtQueryValueKey", MaxIrql = Irql.Passive, Doc = "NtQueryValueKey, WDK reference")]
    internal GuestTask<NtStatus> ZwQueryValueKey(
        HandleValue keyHandle, UnicodeString valueName, uint keyValueInformationClass, VirtualAddress keyValueInformation, uint length,
        Out<uint> resultLength)
    {
        var (status, key, body) = ResolveKey(keyHandle);
        if (key is null)
            return GuestTask.FromResult(status);
        return Observe(RegistryNotice.QueryValueKey, body, Describe, () =>
            key.FindValue(valueName.ToText()) is { } value
                ? WriteValueInformation(value, keyValueInformationClass, keyValueInformation, length, resultLength)
                : NtStatus.ObjectNameNotFound);

        void Describe(VirtualAddress info)
        {
            Memory.WritePointer(info, body);
            Memory.WritePointer(info + 8, valueName.Address);
            Memory.WriteUInt32(info + 0x10, keyValueInformationClass);
            Memory.WritePointer(info + 0x18, keyValueInformation);
            Memory.WriteUInt32(info + 0x20, length);
            Memory.WritePointer(info + 0x28, resultLength.Address);
        }
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwSetValueKey, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtSetValueKey", MaxIrql = Irql.Passive, Doc = "NtSetValueKey, WDK reference")]
    internal GuestTask<NtStatus> ZwSetValueKey(
        HandleValue keyHandle, UnicodeString valueName, uint titleIndex, uint type, VirtualAddress data, uint dataSize)
    {
        var (status, key, body) = ResolveKey(keyHandle);
        if (key is null)
            return GuestTask.FromResult(status);
        return Observe(RegistryNotice.SetValueKey, body, Describe, () =>
        {
            SetValue(key, valueName.ToText(), type, data, dataSize);
            return NtStatus.Success;
        });

        void Describe(VirtualAddress info)
        {
            Memory.WritePointer(info, body);
            Memory.WritePointer(info + 8, valueName.Address);
            Memory.WriteUInt32(info + 0x10, titleIndex);
            Memory.WriteUInt32(info + 0x14, type);
            Memory.WritePointer(info + 0x18, data);
            Memory.WriteUInt32(info + 0x20, dataSize);
        }
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwDeleteValueKey, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtDeleteValueKey", MaxIrql = Irql.Passive, Doc = "ZwDeleteValueKey, WDK reference")]
    internal GuestTask<NtStatus> ZwDeleteValueKey(HandleValue keyHandle, UnicodeString valueName)
    {
        var (status, key, body) = ResolveKey(keyHandle);
        if (key is null)
            return GuestTask.FromResult(status);
        return Observe(RegistryNotice.DeleteValueKey, body, Describe, () => DeleteValue(key, valueName.ToText()));

        void Describe(VirtualAddress info)
        {
            Memory.WritePointer(info, body);
            Memory.WritePointer(info + 8, valueName.Address);
        }
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwEnumerateValueKey, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtEnumerateValueKey", MaxIrql = Irql.Passive, Doc = "NtEnumerateValueKey, WDK reference")]
    internal GuestTask<NtStatus> ZwEnumerateValueKey(
        HandleValue keyHandle, uint index, uint keyValueInformationClass, VirtualAddress keyValueInformation, uint length, Out<uint> resultLength)
    {
        var (status, key, body) = ResolveKey(keyHandle);
        if (key is null)
            return GuestTask.FromResult(status);
        return Observe(
            RegistryNotice.EnumerateValueKey, body,
            info => DescribeEnumeration(info, body, index, keyValueInformationClass, keyValueInformation, length, resultLength),
            () => index < key.Values.Count
                ? WriteValueInformation(key.Values[(int)index], keyValueInformationClass, keyValueInformation, length, resultLength)
                : NtStatus.NoMoreEntries);
    }

    /// <summary>REG_ENUMERATE_KEY_INFORMATION, which is that of values too: Object 0, Index 8, class Ch, buffer 10h, length 18h, result 20h.</summary>
    private void DescribeEnumeration(
        VirtualAddress info, VirtualAddress body, uint index, uint informationClass, VirtualAddress buffer, uint length, Out<uint> resultLength)
    {
        Memory.WritePointer(info, body);
        Memory.WriteUInt32(info + 8, index);
        Memory.WriteUInt32(info + 0xC, informationClass);
        Memory.WritePointer(info + 0x10, buffer);
        Memory.WriteUInt32(info + 0x18, length);
        Memory.WritePointer(info + 0x20, resultLength.Address);
    }

    private void SetValue(RegistryKey key, string name, uint type, VirtualAddress data, uint byteCount)
    {
        var bytes = new byte[byteCount];
        Memory.Read(data, bytes);
        key.SetValue(new RegistryValue(name, type, bytes));
        key.LastWriteTime100ns = _kernel.Ke.SystemTime100ns;
        Changed(key, KeyChange.LastSet);
    }

    private NtStatus DeleteValue(RegistryKey key, string name)
    {
        if (!key.DeleteValue(name))
            return NtStatus.ObjectNameNotFound;
        key.LastWriteTime100ns = _kernel.Ke.SystemTime100ns;
        Changed(key, KeyChange.LastSet);
        return NtStatus.Success;
    }
}
