using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Cancel-safe queues: the driver keeps the list, these routines keep the races away (Doc: "Cancel-Safe IRP Queues", csq.h).</summary>
internal sealed partial class IoManager
{
    private const uint CsqContextType = 1;
    private const uint CsqType = 2;
    private const uint CsqExType = 3;

    // IO_CSQ: Type 0, then the driver's routines (csq.h).
    private const int CsqInsertIrp = 0x08;
    private const int CsqRemoveIrp = 0x10;
    private const int CsqPeekNextIrp = 0x18;
    private const int CsqAcquireLock = 0x20;
    private const int CsqReleaseLock = 0x28;
    private const int CsqCompleteCanceledIrp = 0x30;

    // IO_CSQ_IRP_CONTEXT: Type 0, Irp 8, Csq 10h (csq.h).
    private const int CsqContextIrp = 0x08;
    private const int CsqContextCsq = 0x10;

    /// <summary>The word of IRP.Tail.Overlay.DriverContext that the queue uses (Doc: IoCsqInsertIrp).</summary>
    private const int CsqDriverContext = 3;

    private VirtualAddress _csqCancel;

    [KernelExport("ntoskrnl.exe", Doc = "IoCsqInitialize, WDK reference")]
    internal NtStatus IoCsqInitialize(
        VirtualAddress csq, VirtualAddress csqInsertIrp, VirtualAddress csqRemoveIrp, VirtualAddress csqPeekNextIrp,
        VirtualAddress csqAcquireLock, VirtualAddress csqReleaseLock, VirtualAddress csqCompleteCanceledIrp) =>
        InitializeCsq(csq, CsqType, csqInsertIrp, csqRemoveIrp, csqPeekNextIrp, csqAcquireLock, csqReleaseLock, csqCompleteCanceledIrp);

    /// <summary>The form whose insert routine may refuse a request.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "IoCsqInitializeEx, WDK reference")]
    internal NtStatus IoCsqInitializeEx(
        VirtualAddress csq, VirtualAddress csqInsertIrp, VirtualAddress csqRemoveIrp, VirtualAddress csqPeekNextIrp,
        VirtualAddress csqAcquireLock, VirtualAddress csqReleaseLock, VirtualAddress csqCompleteCanceledIrp) =>
        InitializeCsq(csq, CsqExType, csqInsertIrp, csqRemoveIrp, csqPeekNextIrp, csqAcquireLock, csqReleaseLock, csqCompleteCanceledIrp);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoCsqInsertIrp, WDK reference")]
    internal async GuestTask IoCsqInsertIrp(VirtualAddress csq, Irp irp, VirtualAddress context) =>
        await InsertIntoCsq(csq, irp, context, VirtualAddress.Null);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoCsqInsertIrpEx, WDK reference")]
    internal GuestTask<NtStatus> IoCsqInsertIrpEx(VirtualAddress csq, Irp irp, VirtualAddress context, VirtualAddress insertContext) =>
        InsertIntoCsq(csq, irp, context, insertContext);

    /// <summary>Takes the next request that matches out of the queue.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoCsqRemoveNextIrp, WDK reference")]
    internal async GuestTask<VirtualAddress> IoCsqRemoveNextIrp(VirtualAddress csq, VirtualAddress peekContext)
    {
        var irql = await LockCsq(csq);
        var next = VirtualAddress.Null;
        while (true)
        {
            next = new VirtualAddress(await CallCsq(csq, CsqPeekNextIrp, next.Value, peekContext.Value));
            if (next.IsNull)
                break;
            if (await TakeFromCsq(csq, new Irp(Memory, next)))
                break;
        }

        await UnlockCsq(csq, irql);
        return next;
    }

    /// <summary>Takes one particular request out of the queue.</summary>
    /// <returns>The request; null when it was cancelled or taken before.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoCsqRemoveIrp, WDK reference")]
    internal async GuestTask<VirtualAddress> IoCsqRemoveIrp(VirtualAddress csq, VirtualAddress context)
    {
        var irql = await LockCsq(csq);
        var irp = Memory.ReadPointer(context + CsqContextIrp);
        if (!irp.IsNull && !await TakeFromCsq(csq, new Irp(Memory, irp)))
            irp = VirtualAddress.Null;
        await UnlockCsq(csq, irql);
        return irp;
    }

    private NtStatus InitializeCsq(VirtualAddress csq, uint type, params ReadOnlySpan<VirtualAddress> routines)
    {
        Memory.WriteUInt64(csq, type);
        for (var i = 0; i < routines.Length; i++)
            Memory.WritePointer(csq + CsqInsertIrp + (8 * i), routines[i]);
        Memory.WriteUInt64(csq + CsqInsertIrp + (8 * routines.Length), 0);
        return NtStatus.Success;
    }

    private async GuestTask<NtStatus> InsertIntoCsq(VirtualAddress csq, Irp irp, VirtualAddress context, VirtualAddress insertContext)
    {
        if (_csqCancel.IsNull)
            _csqCancel = _kernel.Internal.Define(CancelInCsq);
        var irql = await LockCsq(csq);
        irp.DriverContext.Set(Memory, CsqDriverContext, context.IsNull ? csq : context);
        if (!context.IsNull)
        {
            Memory.WriteUInt64(context, CsqContextType);
            Memory.WritePointer(context + CsqContextIrp, irp.Address);
            Memory.WritePointer(context + CsqContextCsq, csq);
        }

        var location = CurrentLocation(irp);
        location.SetControl(Memory, location.Control | StackLocationControl.PendingReturned);
        var isEx = Memory.ReadUInt32(csq) == CsqExType;
        var status = isEx
            ? new NtStatus((int)await CallCsq(csq, CsqInsertIrp, irp.Address.Value, insertContext.Value))
            : await InsertPlain(csq, irp);
        if (!status.IsSuccess)
        {
            await UnlockCsq(csq, irql);
            return status;
        }

        irp.SetCancelRoutine(Memory, _csqCancel);
        if (irp.Cancel && !irp.CancelRoutine.IsNull)
        {
            // Cancelled on the way in: nobody else will complete it.
            irp.SetCancelRoutine(Memory, VirtualAddress.Null);
            await CallCsq(csq, CsqRemoveIrp, irp.Address.Value);
            ForgetCsqContext(irp);
            await UnlockCsq(csq, irql);
            await CallCsq(csq, CsqCompleteCanceledIrp, irp.Address.Value);
            return status;
        }

        await UnlockCsq(csq, irql);
        return status;
    }

    private async GuestTask<NtStatus> InsertPlain(VirtualAddress csq, Irp irp)
    {
        await CallCsq(csq, CsqInsertIrp, irp.Address.Value);
        return NtStatus.Success;
    }

    /// <returns>False when the request is being cancelled; its cancel routine completes it then.</returns>
    private async GuestTask<bool> TakeFromCsq(VirtualAddress csq, Irp irp)
    {
        if (irp.CancelRoutine.IsNull)
            return false;
        irp.SetCancelRoutine(Memory, VirtualAddress.Null);
        await CallCsq(csq, CsqRemoveIrp, irp.Address.Value);
        ForgetCsqContext(irp);
        return true;
    }

    /// <summary>The cancel routine of every queued request.</summary>
    private async GuestTask<ulong> CancelInCsq(ulong[] arguments)
    {
        var irp = new Irp(Memory, new VirtualAddress(arguments[1]));
        IoReleaseCancelSpinLock(irp.CancelIrql);
        var csq = irp.DriverContext[CsqDriverContext];
        if (Memory.ReadUInt32(csq) == CsqContextType)
            csq = Memory.ReadPointer(csq + CsqContextCsq);
        var irql = await LockCsq(csq);
        await CallCsq(csq, CsqRemoveIrp, irp.Address.Value);
        ForgetCsqContext(irp);
        await UnlockCsq(csq, irql);
        await CallCsq(csq, CsqCompleteCanceledIrp, irp.Address.Value);
        return 0;
    }

    private void ForgetCsqContext(Irp irp)
    {
        var context = irp.DriverContext[CsqDriverContext];
        if (!context.IsNull && Memory.ReadUInt32(context) == CsqContextType)
            Memory.WritePointer(context + CsqContextIrp, VirtualAddress.Null);
        irp.DriverContext.Set(Memory, CsqDriverContext, VirtualAddress.Null);
    }

    private async GuestTask<byte> LockCsq(VirtualAddress csq)
    {
        var irql = _kernel.Ex.NonPagedPool.Allocate(1, PoolTags.Io, null);
        await CallCsq(csq, CsqAcquireLock, irql.Value);
        var before = Memory.ReadByte(irql);
        _kernel.Ex.NonPagedPool.Free(irql);
        return before;
    }

    private async GuestTask UnlockCsq(VirtualAddress csq, byte irql) => await CallCsq(csq, CsqReleaseLock, irql);

    private GuestTask<ulong> CallCsq(VirtualAddress csq, int routine, ulong argument, ulong second = 0) =>
        _kernel.CurrentThread.Call(Memory.ReadPointer(csq + routine), csq.Value, argument, second);
}
