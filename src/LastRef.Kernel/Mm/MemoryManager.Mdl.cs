using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Memory descriptor lists: locking pages, mapping them (Doc: "Using MDLs", WDK).</summary>
internal sealed partial class MemoryManager
{
    /// <summary>Makes an MDL for a buffer; its pages are not known yet.</summary>
    public Mdl CreateMdl(VirtualAddress buffer, uint byteCount)
    {
        var structureBytes = Mdl.SizeOf(Memory.Layout);
        var bytes = structureBytes + (8 * PagesOf(buffer, byteCount));
        var mdl = new Mdl(Memory, _kernel.Ex.NonPagedPool.Allocate((ulong)bytes, PoolTags.Mdl, null));
        mdl.SetSize(Memory, (short)Math.Min(bytes, short.MaxValue));
        mdl.SetStartVa(Memory, PageOf(buffer));
        mdl.SetByteOffset(Memory, (uint)(buffer - PageOf(buffer)));
        mdl.SetByteCount(Memory, byteCount);
        return mdl;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmSizeOfMdl, WDK reference")]
    internal ulong MmSizeOfMdl(VirtualAddress @base, ulong length) =>
        (ulong)Mdl.SizeOf(Memory.Layout) + (8 * (ulong)PagesOf(@base, (uint)length));

    /// <summary>Makes a buffer's pages resident and notes them in the MDL; raises an access violation for a bad buffer.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmProbeAndLockPages, WDK reference", Missing = "read-only pages of an image locked for writing")]
    internal void MmProbeAndLockPages(Mdl memoryDescriptorList, sbyte accessMode, uint operation) =>
        ProbeAndLock(memoryDescriptorList, accessMode != 0, (LockOperation)operation);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmUnlockPages, WDK reference")]
    internal void MmUnlockPages(Mdl memoryDescriptorList)
    {
        if ((FlagsOf(memoryDescriptorList) & MdlFlags.PagesLocked) == 0)
        {
            // Doc: "Bug Check 0x76", PROCESS_HAS_LOCKED_PAGES family; MmUnlockPages of pages that are not locked is 0x4E on Windows.
            throw MachineStopException.BugCheck(0x4E, "MmUnlockPages of an MDL whose pages are not locked", 7, memoryDescriptorList.Address.Value);
        }

        Unlock(memoryDescriptorList);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmBuildMdlForNonPagedPool, WDK reference")]
    internal void MmBuildMdlForNonPagedPool(Mdl memoryDescriptorList)
    {
        var buffer = BufferOf(memoryDescriptorList);
        NoteFrames(memoryDescriptorList, buffer, AccessKind.Read);
        memoryDescriptorList.SetMappedSystemVa(Memory, buffer);
        SetFlags(memoryDescriptorList, FlagsOf(memoryDescriptorList) | MdlFlags.SourceIsNonPagedPool);
    }

    /// <summary>Maps locked pages a second time, into system space or the current process.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmMapLockedPagesSpecifyCache, WDK reference", Missing = "a user-space address that the caller asks for")]
    internal VirtualAddress MmMapLockedPagesSpecifyCache(
        Mdl memoryDescriptorList, sbyte accessMode, uint cacheType, VirtualAddress requestedAddress, uint bugCheckOnFailure, uint priority) =>
        accessMode == 0 ? MapSystem(memoryDescriptorList) : MapUser(memoryDescriptorList, requestedAddress);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmMapLockedPages, WDK reference")]
    internal VirtualAddress MmMapLockedPages(Mdl memoryDescriptorList, sbyte accessMode) =>
        accessMode == 0 ? MapSystem(memoryDescriptorList) : MapUser(memoryDescriptorList, VirtualAddress.Null);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmUnmapLockedPages, WDK reference")]
    internal void MmUnmapLockedPages(VirtualAddress baseAddress, Mdl memoryDescriptorList)
    {
        if ((FlagsOf(memoryDescriptorList) & MdlFlags.SourceIsNonPagedPool) != 0)
            return;
        Unmap(baseAddress, memoryDescriptorList);
        if (baseAddress == memoryDescriptorList.MappedSystemVa)
            SetFlags(memoryDescriptorList, FlagsOf(memoryDescriptorList) & ~(MdlFlags.MappedToSystemVa | MdlFlags.PartialHasBeenMapped));
    }

    /// <summary>Pages without a virtual address, described by an MDL that the caller frees with ExFreePool.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmAllocatePagesForMdl, WDK reference")]
    internal Mdl? MmAllocatePagesForMdl(ulong lowAddress, ulong highAddress, ulong skipBytes, ulong totalBytes) =>
        AllocatePages(totalBytes);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmAllocatePagesForMdlEx, WDK reference")]
    internal Mdl? MmAllocatePagesForMdlEx(
        ulong lowAddress, ulong highAddress, ulong skipBytes, ulong totalBytes, uint cacheType, uint flags) => AllocatePages(totalBytes);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "MmFreePagesFromMdl, WDK reference")]
    internal void MmFreePagesFromMdl(Mdl memoryDescriptorList)
    {
        // The pages stay mapped where the lab keeps them, unseen by any driver.
        var pages = memoryDescriptorList.StartVa;
        if (!_pagesOfMdl.Remove(memoryDescriptorList.Address, out var range))
            throw MachineStopException.BugCheck(0x4E, "MmFreePagesFromMdl of pages that MmAllocatePagesForMdl did not give", 7, pages.Value);
        _kernel.Guest.Unmap(range.Address.Value, range.ByteCount);
        SetFlags(memoryDescriptorList, FlagsOf(memoryDescriptorList) & ~MdlFlags.PagesLocked);
        _kernel.Record(new RegistrationRecord(RegistrationKind.Mdl, false, memoryDescriptorList.Address, VirtualAddress.Null, VirtualAddress.Null));
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmProtectMdlSystemAddress, WDK reference", Missing = "protections that take write access away")]
    internal NtStatus MmProtectMdlSystemAddress(Mdl memoryDescriptorList, uint newProtect)
    {
        const uint readWrite = 4;
        const uint executeReadWrite = 0x40;
        if ((FlagsOf(memoryDescriptorList) & MdlFlags.MappedToSystemVa) == 0)
            return NtStatus.NotMappedView;
        if (newProtect is not (readWrite or executeReadWrite))
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"MmProtectMdlSystemAddress with protection 0x{newProtect:x}");
        return NtStatus.Success;
    }

    /// <summary>The start of the buffer that an MDL describes: MmGetMdlVirtualAddress of the headers.</summary>
    public static VirtualAddress BufferOf(Mdl mdl) => mdl.StartVa + mdl.ByteOffset;

    public void ProbeAndLock(Mdl mdl, bool userMode, LockOperation operation)
    {
        var buffer = BufferOf(mdl);
        if (userMode)
            CheckUserRange(buffer, mdl.ByteCount);
        NoteFrames(mdl, buffer, operation == LockOperation.Read ? AccessKind.Read : AccessKind.Write);
        SetFlags(mdl, FlagsOf(mdl) | MdlFlags.PagesLocked | (operation == LockOperation.Read ? 0 : MdlFlags.WriteOperation));
        _kernel.Record(new RegistrationRecord(RegistrationKind.Mdl, true, mdl.Address, VirtualAddress.Null, VirtualAddress.Null));
    }

    /// <summary>Takes an MDL's lock and system mapping away; nothing happens when it has neither.</summary>
    public void Unlock(Mdl mdl)
    {
        var flags = FlagsOf(mdl);
        var isBorrowed = (flags & (MdlFlags.Partial | MdlFlags.PartialHasBeenMapped)) == MdlFlags.Partial;
        if ((flags & MdlFlags.MappedToSystemVa) != 0 && !isBorrowed)
        {
            Unmap(mdl.MappedSystemVa, mdl);
            flags &= ~MdlFlags.MappedToSystemVa;
        }

        if ((flags & MdlFlags.PagesLocked) != 0)
            _kernel.Record(new RegistrationRecord(RegistrationKind.Mdl, false, mdl.Address, VirtualAddress.Null, VirtualAddress.Null));
        SetFlags(mdl, flags & ~(MdlFlags.PagesLocked | MdlFlags.WriteOperation));
    }

    public static MdlFlags FlagsOf(Mdl mdl) => (MdlFlags)(ushort)mdl.MdlFlags;

    public void SetFlags(Mdl mdl, MdlFlags flags) => mdl.SetMdlFlags(Memory, (short)flags);

    /// <summary>Page frame numbers that follow the structure: MmGetMdlPfnArray of the headers.</summary>
    public static VirtualAddress FramesOf(Mdl mdl) => mdl.Address + Mdl.SizeOf(mdl.Target.Layout);

    public static int PagesOf(VirtualAddress buffer, uint byteCount) =>
        (int)(((buffer.Value & (PageBytes - 1)) + byteCount + PageBytes - 1) / PageBytes);

    private static VirtualAddress PageOf(VirtualAddress address) => new(address.Value & ~(PageBytes - 1));

    private readonly Dictionary<VirtualAddress, (VirtualAddress Address, ulong ByteCount)> _pagesOfMdl = [];

    private void NoteFrames(Mdl mdl, VirtualAddress buffer, AccessKind kind)
    {
        var frames = FramesOf(mdl);
        var pages = PagesOf(buffer, mdl.ByteCount);
        for (var i = 0; i < pages; i++)
        {
            var page = PageOf(buffer) + ((ulong)i * PageBytes);
            var isMapped = _kernel.Guest.TryQuery(page.Value, out var access, out var frame);
            if (isMapped && kind == AccessKind.Write && (access & PageAccess.Write) == 0 && _kernel.Images.ImageAt(page) is { } image)
            {
                // Drivers that patch or unpack themselves do this, and no public source says what Windows answers.
                throw MachineStopException.Unsupported(UnsupportedKind.Case, $"pages of {image.FileName} that are read-only locked for writing");
            }

            if (!isMapped || (kind == AccessKind.Write && (access & PageAccess.Write) == 0))
                throw Violation(i == 0 ? buffer : page, kind);

            Memory.WriteUInt64(frames + (8 * i), frame + AddressMap.FirstFrame);
        }
    }

    private VirtualAddress MapSystem(Mdl mdl)
    {
        var flags = FlagsOf(mdl);
        if ((flags & (MdlFlags.MappedToSystemVa | MdlFlags.SourceIsNonPagedPool)) != 0)
            return mdl.MappedSystemVa;
        if ((flags & (MdlFlags.PagesLocked | MdlFlags.Partial)) == 0)
            throw MachineStopException.BugCheck(0xC4, "an MDL whose pages are not locked was mapped", 0xB2, mdl.Address.Value);
        var address = TakeSystemRange((ulong)PagesOf(BufferOf(mdl), mdl.ByteCount));
        MapFrames(mdl, address);
        var mapped = address + mdl.ByteOffset;
        mdl.SetMappedSystemVa(Memory, mapped);
        SetFlags(mdl, flags | MdlFlags.MappedToSystemVa | ((flags & MdlFlags.Partial) != 0 ? MdlFlags.PartialHasBeenMapped : 0));
        return mapped;
    }

    private VirtualAddress MapUser(Mdl mdl, VirtualAddress requested)
    {
        if (!requested.IsNull)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "MmMapLockedPagesSpecifyCache at a user-space address that the driver chose");
        var process = _kernel.CurrentThread.Process;
        var pages = (ulong)PagesOf(BufferOf(mdl), mdl.ByteCount);
        var address = AllocateUser(process, pages * PageBytes);
        _kernel.Guest.Unmap(address.Value, pages * PageBytes);
        MapFrames(mdl, address);
        _kernel.Record(new RegistrationRecord(RegistrationKind.Mdl, true, address, VirtualAddress.Null, mdl.Address));
        return address + mdl.ByteOffset;
    }

    private void MapFrames(Mdl mdl, VirtualAddress address)
    {
        var pages = PagesOf(BufferOf(mdl), mdl.ByteCount);
        for (var i = 0; i < pages; i++)
        {
            var frame = Memory.ReadUInt64(FramesOf(mdl) + (8 * i)) - AddressMap.FirstFrame;
            try
            {
                _kernel.Guest.MapPhysical(address.Value + ((ulong)i * PageBytes), frame, 1, PageAccess.Read | PageAccess.Write);
            }
            catch (InvalidOperationException)
            {
                // GuestMemory says that the frame does not exist: the MDL describes pages that were freed.
                throw MachineStopException.BugCheck(0x4E, "an MDL names a page that does not exist any more", 0x99, frame);
            }
        }
    }

    private void Unmap(VirtualAddress mapped, Mdl mdl)
    {
        var bytes = (ulong)PagesOf(BufferOf(mdl), mdl.ByteCount) * PageBytes;
        var page = PageOf(mapped);
        if (!_kernel.Guest.TryQuery(page.Value, out _, out _))
            throw MachineStopException.BugCheck(0xDA, "pages were unmapped that are not mapped", 0x400, mapped.Value, mdl.Address.Value);
        _kernel.Guest.Unmap(page.Value, bytes);
        if (!mapped.IsKernel)
            _kernel.Record(new RegistrationRecord(RegistrationKind.Mdl, false, page, VirtualAddress.Null, mdl.Address));
    }

    private Mdl? AllocatePages(ulong totalBytes)
    {
        if (totalBytes == 0)
            return null;
        var bytes = RoundToPages(totalBytes);
        var hidden = TakeSystemRange(bytes / PageBytes);
        _kernel.Guest.Map(hidden.Value, bytes, PageAccess.Read | PageAccess.Write);
        var mdl = CreateMdl(hidden, (uint)bytes);
        NoteFrames(mdl, hidden, AccessKind.Read);

        // The pages have no address as far as the driver can see (Doc: StartVa is null for such an MDL).
        mdl.SetStartVa(Memory, VirtualAddress.Null);
        SetFlags(mdl, MdlFlags.PagesLocked);
        _pagesOfMdl.Add(mdl.Address, (hidden, bytes));
        _kernel.Record(new RegistrationRecord(RegistrationKind.Mdl, true, mdl.Address, VirtualAddress.Null, VirtualAddress.Null));
        return mdl;
    }
}
