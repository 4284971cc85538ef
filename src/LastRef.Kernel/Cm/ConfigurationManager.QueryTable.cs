using System.Buffers.Binary;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>RtlQueryRegistryValues: a table of values to read, each by a routine of the driver or straight into its variables.</summary>
/// <remarks>Doc: RtlQueryRegistryValues, WDK reference.</remarks>
internal sealed partial class ConfigurationManager
{
    private const uint QuerySubkey = 0x1, QueryTopKey = 0x2, QueryRequired = 0x4, QueryNoValue = 0x8, QueryNoExpand = 0x10,
        QueryDirect = 0x20, QueryDelete = 0x40, QueryTypeCheck = 0x100;

    private const uint TypeString = 1, TypeExpandable = 2, TypeStrings = 7;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlQueryRegistryValues, WDK reference",
        Missing = "an environment block; a REG_MULTI_SZ read straight into several strings")]
    [KernelExport("ntoskrnl.exe", Name = "RtlQueryRegistryValuesEx", MaxIrql = Irql.Passive, Doc = "RtlQueryRegistryValues, WDK reference")]
    internal async GuestTask<NtStatus> RtlQueryRegistryValues(
        uint relativeTo, VirtualAddress path, VirtualAddress queryTable, VirtualAddress context, VirtualAddress environment)
    {
        if (!environment.IsNull)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "RtlQueryRegistryValues with an environment block");
        var (status, top) = FindRelative(relativeTo, path);


        // A key that is said to be optional is refused like any other when it is missing (inferred from ReactOS, ntoskrnl/config).
        if (top is null)
            return status;

        var key = top;
        for (var at = queryTable; ; at += RtlQueryRegistryTable.SizeOf(Memory.Layout))
        {
            var entry = new RtlQueryRegistryTable(Memory, at);
            if (entry.QueryRoutine.IsNull && (entry.Flags & (QuerySubkey | QueryDirect)) == 0)
                return NtStatus.Success;
            if ((entry.Flags & (QueryTopKey | QuerySubkey)) != 0)
                key = top;
            if ((entry.Flags & QuerySubkey) != 0)
            {
                if (entry.Name.IsNull)
                    return NtStatus.InvalidParameter;
                if (FindKey(top.Path + "\\" + ReadWide(entry.Name)) is not { } subkey)
                    return NtStatus.ObjectNameNotFound;
                key = subkey;
                if (!entry.QueryRoutine.IsNull)
                    status = await QueryAll(key, entry, context);
            }
            else
                status = await QueryEntry(key, entry, context);
            if (!status.IsSuccess)
                return status;
        }
    }

    private async GuestTask<NtStatus> QueryEntry(RegistryKey key, RtlQueryRegistryTable entry, VirtualAddress context)
    {
        var flags = entry.Flags;
        if ((flags & QueryNoValue) != 0)
        {
            return entry.QueryRoutine.IsNull || !entry.Name.IsNull
                ? NtStatus.InvalidParameter
                : await CallRoutine(entry, context, null, 0, null);
        }

        if (entry.Name.IsNull)
        {
            if ((flags & QueryDirect) != 0)
                return NtStatus.InvalidParameter;
            return await QueryAll(key, entry, context);
        }

        var name = ReadWide(entry.Name);
        var value = key.FindValue(name);
        if (value is null)
        {
            var defaultType = entry.DefaultType & 0x00FF_FFFF;
            if (defaultType == 0)
                return (flags & QueryRequired) != 0 ? NtStatus.ObjectNameNotFound : NtStatus.Success;
            return await Deliver(entry, context, name, new RegistryValue(name, defaultType, ReadDefault(entry, defaultType)), isDefault: true);
        }

        var status = await Deliver(entry, context, name, value, isDefault: false);
        if (status.IsSuccess && (flags & QueryDelete) != 0)
            DeleteValue(key, name);
        return status;
    }

    private async GuestTask<NtStatus> QueryAll(RegistryKey key, RtlQueryRegistryTable entry, VirtualAddress context)
    {
        if (key.Values.Count == 0 && (entry.Flags & QueryRequired) != 0)
            return NtStatus.ObjectNameNotFound;
        foreach (var value in key.Values.ToArray())
        {
            var status = await Deliver(entry, context, value.Name, value, isDefault: false);
            if (!status.IsSuccess)
                return status;
            if ((entry.Flags & QueryDelete) != 0)
                DeleteValue(key, value.Name);
        }

        return NtStatus.Success;
    }

    private async GuestTask<NtStatus> Deliver(RtlQueryRegistryTable entry, VirtualAddress context, string name, RegistryValue value, bool isDefault)
    {
        var direct = (entry.Flags & QueryDirect) != 0;
        if ((entry.Flags & QueryTypeCheck) != 0)
        {
            if (!direct)
                return NtStatus.InvalidParameter;
            if (!isDefault && entry.DefaultType >> 24 != value.Type)
                return NtStatus.ObjectTypeMismatch;
        }

        if (!isDefault && (entry.Flags & QueryNoExpand) == 0)
        {
            if (value.Type == TypeExpandable)
                value = RegistryValue.String(name, Expand(value.Text));
            else if (value.Type == TypeStrings)
                return await DeliverStrings(entry, context, name, value, direct);
        }

        return direct ? StoreDirectly(entry.EntryContext, value) : await CallRoutine(entry, context, name, value.Type, value.Data);
    }

    /// <summary>Every string of a REG_MULTI_SZ goes to the routine as a REG_SZ.</summary>
    private async GuestTask<NtStatus> DeliverStrings(
        RtlQueryRegistryTable entry, VirtualAddress context, string name, RegistryValue value, bool direct)
    {
        if (direct)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"RtlQueryRegistryValues that stores the strings of '{name}' one by one");
        foreach (var text in value.Text.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var status = await CallRoutine(entry, context, name, TypeString, RegistryValue.String(name, text).Data);
            if (!status.IsSuccess)
                return status;
        }

        return NtStatus.Success;
    }

    /// <summary>Where RTL_QUERY_REGISTRY_DIRECT puts data: strings in a UNICODE_STRING, short data in place, other data by the length found there.</summary>
    private NtStatus StoreDirectly(VirtualAddress destination, RegistryValue value)
    {
        if (value.Type is TypeString or TypeExpandable or TypeStrings)
            return StoreString(new UnicodeString(Memory, destination), value);
        if (value.Data.Length <= 4)
        {
            Memory.Write(destination, value.Data);
            return NtStatus.Success;
        }

        // A negative LONG in the buffer is its size; a positive one is too, but then length and type come before the data.
        var given = (int)Memory.ReadUInt32(destination);
        if (given < 0)
        {
            if (-(long)given < value.Data.Length)
                return NtStatus.BufferTooSmall;
            Memory.Write(destination, value.Data);
            return NtStatus.Success;
        }

        if (given < 8 + value.Data.Length)
            return NtStatus.BufferTooSmall;
        Memory.WriteUInt32(destination, (uint)value.Data.Length);
        Memory.WriteUInt32(destination + 4, value.Type);
        Memory.Write(destination + 8, value.Data);
        return NtStatus.Success;
    }

    private NtStatus StoreString(UnicodeString target, RegistryValue value)
    {
        var data = value.Data;
        if (data.Length < 2 || BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan((data.Length - 2) & ~1)) != 0)
            data = [.. data.AsSpan(0, data.Length & ~1), 0, 0];
        if (data.Length > ushort.MaxValue)
            return NtStatus.BufferTooSmall;
        if (target.Buffer.IsNull)
        {
            // The driver frees it with RtlFreeUnicodeString.
            target.SetBuffer(Memory, _kernel.Ex.AllocateForDriver(paged: true, (ulong)data.Length, PoolTags.String));
            target.SetMaximumLength(Memory, (ushort)data.Length);
        }
        else if (target.MaximumLength < data.Length)
            return NtStatus.BufferTooSmall;
        Memory.Write(target.Buffer, data);
        target.SetLength(Memory, (ushort)(data.Length - 2));
        return NtStatus.Success;
    }

    private async GuestTask<NtStatus> CallRoutine(RtlQueryRegistryTable entry, VirtualAddress context, string? name, uint type, byte[]? data)
    {
        var nameBytes = name is null ? [] : WideText.Bytes(name + "\0");
        var dataOffset = (nameBytes.Length + 15) & ~15;
        var block = _kernel.Ex.NonPagedPool.Allocate((ulong)Math.Max(dataOffset + (data?.Length ?? 0), 16), PoolTags.Registry, null);
        Memory.Write(block, nameBytes);
        if (data is not null)
            Memory.Write(block + dataOffset, data);
        var result = await _kernel.CallDriver(
            DriverCallKind.Other, VirtualAddress.Null, _kernel.CurrentThread, entry.QueryRoutine, name is null ? 0 : block.Value, type,
            data is null ? 0 : (block + dataOffset).Value, (ulong)(data?.Length ?? 0), context.Value, entry.EntryContext.Value);
        _kernel.Ex.NonPagedPool.Free(block);
        var status = new NtStatus((int)(uint)result);

        // A routine that wants a value expanded or split says so with BUFFER_TOO_SMALL; what it got was already so.
        return status == NtStatus.BufferTooSmall ? NtStatus.Success : status;
    }

    private byte[] ReadDefault(RtlQueryRegistryTable entry, uint type)
    {
        var length = (int)entry.DefaultLength;
        if (length == 0 && type is TypeString or TypeExpandable)
            return WideText.Bytes(ReadWide(entry.DefaultData) + "\0");
        if (length == 0 && type == TypeStrings)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "a REG_MULTI_SZ default without a length in RtlQueryRegistryValues");
        var bytes = new byte[length];
        Memory.Read(entry.DefaultData, bytes);
        return bytes;
    }

    /// <summary>The kernel knows one variable for certain; a name that it does not know stays as it is (Doc: ExpandEnvironmentStrings).</summary>
    private static string Expand(string text) => text.Replace("%SystemRoot%", @"C:\Windows", StringComparison.OrdinalIgnoreCase);
}
