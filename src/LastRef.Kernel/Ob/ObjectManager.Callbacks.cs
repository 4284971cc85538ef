using System.Globalization;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Callbacks of drivers for handles to processes and threads.</summary>
/// <remarks>Doc: "ObRegisterCallbacks", WDK reference. The entries hang in the lists of the object types, as on Windows.</remarks>
internal sealed partial class ObjectManager
{
    private const ushort FilterVersion = 0x100;
    private const uint HandleCreate = 1;
    private const uint HandleDuplicate = 2;
    private readonly List<CallbackRegistration> _registrations = [];

    /// <summary>What one call of ObRegisterCallbacks left.</summary>
    private sealed record CallbackRegistration(VirtualAddress Handle, string Altitude, VirtualAddress Context, IReadOnlyList<VirtualAddress> Entries);

    [KernelExport("ntoskrnl.exe", Doc = "ObGetFilterVersion, WDK reference")]
    internal ushort ObGetFilterVersion() => FilterVersion;

    /// <summary>Refused for images without the integrity flag and for a taken altitude.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "U-6.33")]
    internal NtStatus ObRegisterCallbacks(ObCallbackRegistration callbackRegistration, Out<VirtualAddress> registrationHandle)
    {
        var count = callbackRegistration.OperationRegistrationCount;
        if (callbackRegistration.Version != FilterVersion || count == 0 || callbackRegistration.OperationRegistration is not { } first)
            return NtStatus.InvalidParameter;
        var operations = new List<(ObOperationRegistration Operation, ObjectKind Kind)>();
        for (var i = 0; i < count; i++)
        {
            var operation = new ObOperationRegistration(Memory, first.Address + (i * ObOperationRegistration.SizeOf(Memory.Layout)));
            var kind = KindOfType(Memory.ReadPointer(operation.ObjectType));
            var usable = kind is ObjectKind.Process or ObjectKind.Thread || (kind == ObjectKind.Desktop && (int)_kernel.Build >= 10240);
            if (!usable || operation.Operations is 0 or > (HandleCreate | HandleDuplicate) || (operation.PreOperation.IsNull && operation.PostOperation.IsNull))
                return NtStatus.InvalidParameter;
            if (IsForeignCode(operation.PreOperation) || IsForeignCode(operation.PostOperation))
                return NtStatus.AccessDenied;
            operations.Add((operation, kind!.Value));
        }

        var altitude = callbackRegistration.Altitude.ToText();
        if (_registrations.Exists(r => r.Altitude == altitude))
            return NtStatus.FltInstanceAltitudeCollision;
        var entries = operations.ConvertAll(o => AddEntry(o.Operation, o.Kind));
        var registration = new CallbackRegistration(entries[0], altitude, callbackRegistration.RegistrationContext, entries);
        foreach (var entry in entries)
            new ObCallbackEntry(Memory, entry).SetRegistration(Memory, registration.Handle);
        var index = _registrations.FindIndex(r => AltitudeOf(r.Altitude) < AltitudeOf(altitude));
        _registrations.Insert(index < 0 ? _registrations.Count : index, registration);
        registrationHandle.Set(Memory, registration.Handle);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "U-6.33")]
    internal void ObUnRegisterCallbacks(VirtualAddress registrationHandle)
    {
        var index = _registrations.FindIndex(r => r.Handle == registrationHandle);
        if (index < 0)
        {
            throw MachineStopException.BugCheck(
                0x7E, "ObUnRegisterCallbacks was called with a registration that does not exist (any more)", NtStatus.AccessViolation.Code,
                registrationHandle.Value);
        }

        foreach (var address in _registrations[index].Entries)
        {
            var entry = new ObCallbackEntry(Memory, address);
            RecordCallback(entry, begin: false);
            _kernel.Ke.RemoveEntry(entry.Link.Address);
            _kernel.Ex.NonPagedPool.Free(address);
        }

        _registrations.RemoveAt(index);
    }

    /// <summary>Opens a handle after the callbacks before it and before those after it; they may take rights away.</summary>
    /// <param name="target">The process that gets the handle; the current one when not given.</param>
    /// <param name="source">For a duplicate the process whose handle it comes from.</param>
    internal async GuestTask<HandleValue> OpenWithCallbacks(
        VirtualAddress body, uint desiredAccess, bool kernelHandle, VirtualAddress? target = null, VirtualAddress? source = null)
    {
        var kind = KindOf(body) ?? throw new TargetReadException(body, ReadFailure.NotMapped);
        var process = target ?? _kernel.Ps.CurrentProcess;
        var access = MapAccess(kind, desiredAccess);
        var operation = source is null ? HandleCreate : HandleDuplicate;
        var called = EntriesFor(kind, operation);
        if (called.Count == 0)
            return CreateHandle(process, body, access, kernelHandle);
        var calls = new List<(VirtualAddress Post, VirtualAddress Context, ulong CallContext)>();
        foreach (var (entry, context) in called)
        {
            var callContext = 0UL;
            if (!entry.PreOperation.IsNull)
                (access, callContext) = await CallBefore(entry.PreOperation, context, body, kind, operation, access, kernelHandle, process, source);
            if (!entry.PostOperation.IsNull)
                calls.Add((entry.PostOperation, context, callContext));
        }

        var handle = CreateHandle(process, body, access, kernelHandle);
        for (var i = calls.Count - 1; i >= 0; i--)
            await CallAfter(calls[i].Post, calls[i].Context, calls[i].CallContext, body, kind, operation, access, kernelHandle);
        return handle;
    }

    /// <summary>OB_PRE_OPERATION_INFORMATION: Operation 0, Flags 4, Object 8, ObjectType 10, CallContext 18, Parameters 20; parameters follow at 28.</summary>
    private async GuestTask<(uint Access, ulong CallContext)> CallBefore(
        VirtualAddress routine, VirtualAddress context, VirtualAddress body, ObjectKind kind, uint operation, uint access, bool kernelHandle,
        VirtualAddress target, VirtualAddress? source)
    {
        const int parameters = 0x28;
        var info = WriteOperation(body, kind, operation, kernelHandle, parameters + 0x18);
        Memory.WritePointer(info + 0x20, info + parameters);
        Memory.WriteUInt32(info + parameters, access);
        Memory.WriteUInt32(info + parameters + 4, access);
        if (source is { } from)
        {
            Memory.WritePointer(info + parameters + 8, from);
            Memory.WritePointer(info + parameters + 0x10, target);
        }

        await _kernel.CallDriver(DriverCallKind.Notification, VirtualAddress.Null, _kernel.CurrentThread, routine, context.Value, info.Value);
        var left = Memory.ReadUInt32(info + parameters);
        var callContext = Memory.ReadUInt64(info + 0x18);
        _kernel.Ex.NonPagedPool.Free(info);

        // Rights can only be taken away, and not from kernel handles (Doc: OB_PRE_CREATE_HANDLE_INFORMATION).
        return (kernelHandle ? access : left & access, callContext);
    }

    /// <summary>OB_POST_OPERATION_INFORMATION: as before, but ReturnStatus 20, Parameters 28.</summary>
    private async GuestTask CallAfter(
        VirtualAddress routine, VirtualAddress context, ulong callContext, VirtualAddress body, ObjectKind kind, uint operation, uint access,
        bool kernelHandle)
    {
        const int parameters = 0x30;
        var info = WriteOperation(body, kind, operation, kernelHandle, parameters + 8);
        Memory.WriteUInt64(info + 0x18, callContext);
        Memory.WritePointer(info + 0x28, info + parameters);
        Memory.WriteUInt32(info + parameters, access);
        await _kernel.CallDriver(DriverCallKind.Notification, VirtualAddress.Null, _kernel.CurrentThread, routine, context.Value, info.Value);
        _kernel.Ex.NonPagedPool.Free(info);
    }

    private VirtualAddress WriteOperation(VirtualAddress body, ObjectKind kind, uint operation, bool kernelHandle, int byteCount)
    {
        var info = _kernel.Ex.NonPagedPool.Allocate((ulong)byteCount, PoolTags.Object, null);
        Memory.WriteUInt32(info, operation);
        Memory.WriteUInt32(info + 4, kernelHandle ? 1u : 0);
        Memory.WritePointer(info + 8, body);
        Memory.WritePointer(info + 0x10, TypeAddress(kind));
        return info;
    }

    private List<(ObCallbackEntry Entry, VirtualAddress Context)> EntriesFor(ObjectKind kind, uint operation)
    {
        var entries = new List<(ObCallbackEntry, VirtualAddress)>();
        foreach (var registration in _registrations)
        {
            foreach (var address in registration.Entries)
            {
                var entry = new ObCallbackEntry(Memory, address);
                if (entry.ObjectType?.Address == TypeAddress(kind) && (entry.Operations & operation) != 0)
                    entries.Add((entry, registration.Context));
            }
        }

        return entries;
    }

    private VirtualAddress AddEntry(ObOperationRegistration operation, ObjectKind kind)
    {
        var address = _kernel.Ex.NonPagedPool.Allocate((ulong)ObCallbackEntry.SizeOf(Memory.Layout), PoolTags.Object, null);
        var entry = new ObCallbackEntry(Memory, address);
        entry.SetOperations(Memory, operation.Operations);
        entry.SetObjectType(Memory, TypeOf(kind));
        entry.SetPreOperation(Memory, operation.PreOperation);
        entry.SetPostOperation(Memory, operation.PostOperation);
        _kernel.Ke.InsertTail(TypeOf(kind).CallbackList.Address, entry.Link.Address);
        RecordCallback(entry, begin: true);
        return address;
    }

    private void RecordCallback(ObCallbackEntry entry, bool begin) => _kernel.Record(
        new RegistrationRecord(
            RegistrationKind.ObjectCallback, begin, entry.Address, entry.PreOperation.IsNull ? entry.PostOperation : entry.PreOperation, VirtualAddress.Null));

    private bool IsForeignCode(VirtualAddress routine) => !routine.IsNull && !_kernel.Ps.HasIntegrityFlag(routine);

    private static decimal AltitudeOf(string altitude) =>
        decimal.TryParse(altitude, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
