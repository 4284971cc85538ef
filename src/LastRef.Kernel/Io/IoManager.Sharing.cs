using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Share access: who has a file open for what, and what the next one may.</summary>
/// <remarks>SHARE_ACCESS: OpenCount 0, Readers 4, Writers 8, Deleters C, SharedRead 10, SharedWrite 14, SharedDelete 18 (wdm.h).</remarks>
internal sealed partial class IoManager
{
    private const uint ReadOrExecute = 0x21, WriteOrAppend = 0x06, Delete = 0x1_0000;

    /// <summary>Begins to share a file with its first open.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoSetShareAccess, WDK reference")]
    internal void IoSetShareAccess(uint desiredAccess, uint desiredShareAccess, FileObject fileObject, VirtualAddress shareAccess)
    {
        Memory.Clear(shareAccess, 0x1C);
        NoteAccess(desiredAccess, desiredShareAccess, fileObject);
        ChangeShare(fileObject, shareAccess, +1);
    }

    /// <summary>Whether one more may have a file open for what it asks, as those before it share it and it shares with them.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoCheckShareAccess, WDK reference")]
    internal NtStatus IoCheckShareAccess(uint desiredAccess, uint desiredShareAccess, FileObject fileObject, VirtualAddress shareAccess, NtBoolean update)
    {
        NoteAccess(desiredAccess, desiredShareAccess, fileObject);
        if (!UsesFile(fileObject))
            return NtStatus.Success;
        var opens = Memory.ReadUInt32(shareAccess);
        bool IsShared(uint offset) => Memory.ReadUInt32(shareAccess + offset) >= opens;
        bool IsFree(uint offset) => Memory.ReadUInt32(shareAccess + offset) == 0;
        if ((fileObject.ReadAccess && !IsShared(0x10)) || (fileObject.WriteAccess && !IsShared(0x14)) || (fileObject.DeleteAccess && !IsShared(0x18))
            || (!fileObject.SharedRead && !IsFree(4)) || (!fileObject.SharedWrite && !IsFree(8)) || (!fileObject.SharedDelete && !IsFree(0xC)))
            return NtStatus.SharingViolation;
        if (update)
            ChangeShare(fileObject, shareAccess, +1);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoUpdateShareAccess, WDK reference")]
    internal void IoUpdateShareAccess(FileObject fileObject, VirtualAddress shareAccess) => ChangeShare(fileObject, shareAccess, +1);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoRemoveShareAccess, WDK reference")]
    internal void IoRemoveShareAccess(FileObject fileObject, VirtualAddress shareAccess) => ChangeShare(fileObject, shareAccess, -1);

    private static bool UsesFile(FileObject file) => file.ReadAccess || file.WriteAccess || file.DeleteAccess;

    private void NoteAccess(uint access, uint share, FileObject file)
    {
        file.SetReadAccess(Memory, (access & ReadOrExecute) != 0);
        file.SetWriteAccess(Memory, (access & WriteOrAppend) != 0);
        file.SetDeleteAccess(Memory, (access & Delete) != 0);
        if (!UsesFile(file))
            return;
        file.SetSharedRead(Memory, (share & 1) != 0);
        file.SetSharedWrite(Memory, (share & 2) != 0);
        file.SetSharedDelete(Memory, (share & 4) != 0);
    }

    private void ChangeShare(FileObject file, VirtualAddress share, int change)
    {
        if (!UsesFile(file))
            return;
        bool[] counted = [true, file.ReadAccess, file.WriteAccess, file.DeleteAccess, file.SharedRead, file.SharedWrite, file.SharedDelete];
        for (var i = 0; i < counted.Length; i++)
        {
            if (counted[i])
                Memory.WriteUInt32(share + (4 * i), (uint)((int)Memory.ReadUInt32(share + (4 * i)) + change));
        }
    }
}
