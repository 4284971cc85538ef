using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>Opening, and the end of an open.</summary>
/// <remarks>Doc: ZwCreateFile, WDK reference; "IRP_MJ_CREATE (IFS)"; dispositions and options of ntifs.h.</remarks>
internal sealed partial class SystemVolume
{
    private const uint DirectoryFile = 1, NonDirectoryFile = 0x40, DeleteOnCloseOption = 0x1000, OpenByFileId = 0x2000;
    private const uint DeleteAccess = 0x1_0000, AnyWrite = 6;
    private const int ReadOnly = 1;
    private const string IllegalCharacters = "\"*<>?|/";

    /// <summary>Ours behind FSRTL_COMMON_FCB_HEADER: SECTION_OBJECT_POINTERS at 60h, SHARE_ACCESS at 78h, then the two ERESOURCEs.</summary>
    private const int SectionPointersOffset = 0x60, ShareAccessOffset = 0x78, ResourceOffset = 0xA0, PagingResourceOffset = 0x108, ControlBlockBytes = 0x170;

    private enum Disposition
    {
        Supersede,
        Open,
        Create,
        OpenIf,
        Overwrite,
        OverwriteIf,
    }

    /// <summary>IO_STATUS_BLOCK.Information of a create.</summary>
    private enum Outcome : ulong
    {
        Superseded,
        Opened,
        Created,
        Overwritten,
        Exists,
        DoesNotExist,
    }

    private (NtStatus Status, ulong Information) Create(IoStackLocation location)
    {
        var file = location.FileObject ?? throw new InvariantException("A create has no file object.");
        var options = location.CreateOptions & 0x00FF_FFFF;
        var disposition = (Disposition)(location.CreateOptions >> 24);
        if ((options & OpenByFileId) != 0)
            throw Unsupported("an open by file number on the system volume");
        var access = new IoSecurityContext(Memory, location.CreateSecurityContext).DesiredAccess;
        if ((options & DeleteOnCloseOption) != 0 && (access & DeleteAccess) == 0)
            return (NtStatus.InvalidParameter, 0);
        var (status, directory, name, wantsDirectory) = Locate(file);
        if (!status.IsSuccess)
            return (status, 0);

        wantsDirectory |= (options & DirectoryFile) != 0;
        var found = name.Length == 0 ? directory : _tree.Find(directory, name);
        var (refused, outcome) = Judge(found, disposition, options, wantsDirectory, access);
        if (!refused.IsSuccess)
            return (refused, (ulong)outcome);
        if (found is null)
        {
            found = _tree.Create(name, directory, wantsDirectory);
            found.Attributes = location.CreateFileAttributes & SettableAttributes;
            directory.Add(found);
        }

        status = Share(found, file, access, location.CreateShareAccess);
        if (!status.IsSuccess)
        {
            if (outcome == Outcome.Created)
                _tree.Delete(found);
            return (status, 0);
        }

        if (outcome is Outcome.Superseded or Outcome.Overwritten)
            Empty(found, location.CreateFileAttributes & SettableAttributes);
        Attach(file, found, access).DeleteOnClose = (options & DeleteOnCloseOption) != 0;
        return (NtStatus.Success, (ulong)outcome);
    }

    /// <summary>The directory that a name leads to, and its last part; a backslash behind that asks for a directory.</summary>
    private (NtStatus Status, VolumeFile Directory, string Name, bool WantsDirectory) Locate(FileObject file)
    {
        var path = file.FileName.ToText();
        var directory = _tree.Root;
        if (file.RelatedFileObject is { } related)
        {
            if (path.StartsWith('\\'))
                return (NtStatus.ObjectNameInvalid, directory, "", false);
            directory = _opens.TryGetValue(related.Address, out var open) ? open.File : _tree.Root;
            if (!directory.IsDirectory)
                return (path.Length == 0 ? NtStatus.Success : NtStatus.ObjectPathNotFound, directory, "", false);
        }

        return LocateIn(directory, path);
    }

    private (NtStatus Status, VolumeFile Directory, string Name, bool WantsDirectory) LocateIn(VolumeFile directory, string path)
    {
        var wantsDirectory = path.Length > 1 && path.EndsWith('\\');
        var parts = path.Trim('\\').Split('\\');
        if (path.Contains(@"\\", StringComparison.Ordinal) || (path.Trim('\\').Length > 0 && Array.Exists(parts, part => !IsLegal(part))))
            return (NtStatus.ObjectNameInvalid, directory, "", false);
        if (path.Contains(':', StringComparison.Ordinal))
            throw Unsupported($"the stream {path} on the system volume");
        foreach (var part in parts.AsSpan(0, parts.Length - 1))
        {
            if (_tree.Find(directory, part) is not { IsDirectory: true } next)
                return (NtStatus.ObjectPathNotFound, directory, "", false);
            directory = next;
        }

        return (NtStatus.Success, directory, parts[^1], wantsDirectory);
    }

    /// <summary>Characters that no file system of Windows takes in a name (Doc: "Naming Files, Paths, and Namespaces").</summary>
    private static bool IsLegal(string name) => name.Length is > 0 and <= 255 && !name.Any(c => c < ' ' || IllegalCharacters.Contains(c));

    private static (NtStatus Status, Outcome Outcome) Judge(
        VolumeFile? found, Disposition disposition, uint options, bool wantsDirectory, uint access)
    {
        var replaces = disposition is Disposition.Supersede or Disposition.Overwrite or Disposition.OverwriteIf;
        if (wantsDirectory && replaces)
            return (NtStatus.InvalidParameter, default);
        if (found is null)
        {
            return disposition is Disposition.Open or Disposition.Overwrite
                ? (NtStatus.ObjectNameNotFound, Outcome.DoesNotExist)
                : (NtStatus.Success, Outcome.Created);
        }

        if (found.IsDeletePending)
            return (NtStatus.DeletePending, default);
        if (found.IsHeld)
            return (NtStatus.SharingViolation, default);
        if (disposition == Disposition.Create)
            return (NtStatus.ObjectNameCollision, Outcome.Exists);
        if (found.IsDirectory && ((options & NonDirectoryFile) != 0 || replaces))
            return (NtStatus.FileIsADirectory, default);
        if (!found.IsDirectory && wantsDirectory)
            return (NtStatus.NotADirectory, default);
        if ((found.Attributes & ReadOnly) != 0 && !found.IsDirectory && ((access & AnyWrite) != 0 || replaces))
            return (NtStatus.AccessDenied, default);
        return (NtStatus.Success, disposition switch
        {
            Disposition.Supersede => Outcome.Superseded,
            Disposition.Overwrite or Disposition.OverwriteIf => Outcome.Overwritten,
            _ => Outcome.Opened,
        });
    }

    /// <summary>Checks and notes who shares the file with whom; the record lies in the control block.</summary>
    private NtStatus Share(VolumeFile file, FileObject fileObject, uint access, ushort share)
    {
        if (file.ControlBlock.IsNull)
            MakeControlBlock(file);
        var record = file.ControlBlock + ShareAccessOffset;
        if (file.Opens == 0)
        {
            _kernel.Io.IoSetShareAccess(access, share, fileObject, record);
            return NtStatus.Success;
        }

        return _kernel.Io.IoCheckShareAccess(access, share, fileObject, record, update: true);
    }

    /// <summary>
    /// FSRTL_COMMON_FCB_HEADER: NodeTypeCode 0, NodeByteSize 2, Resource 8, PagingIoResource 10h, AllocationSize 18h, FileSize 20h, ValidDataLength 28h
    /// (ntifs.h). Filters take the resources of files that they look at.
    /// </summary>
    private void MakeControlBlock(VolumeFile file)
    {
        const ushort fileNode = 0x0705, directoryNode = 0x0704;
        file.ControlBlock = _kernel.Ex.NonPagedPool.Allocate(ControlBlockBytes, PoolTags.Of("Ntff"), null);
        Memory.Clear(file.ControlBlock, ControlBlockBytes);
        Memory.WriteUInt16(file.ControlBlock, file.IsDirectory ? directoryNode : fileNode);
        Memory.WriteUInt16(file.ControlBlock + 2, ControlBlockBytes);
        Memory.WritePointer(file.ControlBlock + 8, file.ControlBlock + ResourceOffset);
        Memory.WritePointer(file.ControlBlock + 0x10, file.ControlBlock + PagingResourceOffset);
        foreach (var resource in ResourcesOf(file))
            _kernel.Images.WithoutDrivers(() => _kernel.Ex.ExInitializeResourceLite(resource));
        NoteSizes(file);
    }

    private EResource[] ResourcesOf(VolumeFile file) =>
        [new EResource(Memory, file.ControlBlock + ResourceOffset), new EResource(Memory, file.ControlBlock + PagingResourceOffset)];

    private void NoteSizes(VolumeFile file)
    {
        if (file.ControlBlock.IsNull || file.Data is not { } data)
            return;
        Memory.WriteUInt64(file.ControlBlock + 0x18, (ulong)data.AllocatedBytes);
        Memory.WriteUInt64(file.ControlBlock + 0x20, (ulong)data.Length);
        Memory.WriteUInt64(file.ControlBlock + 0x28, (ulong)data.Length);
    }

    private VolumeOpen Attach(FileObject fileObject, VolumeFile file, uint access)
    {
        const int contextBytes = 0x10;
        var open = new VolumeOpen(file, access);
        var context = _kernel.Ex.NonPagedPool.Allocate(contextBytes, PoolTags.Of("Ntfc"), null);
        Memory.WritePointer(context, fileObject.Address);
        fileObject.SetFsContext(Memory, file.ControlBlock);
        fileObject.SetFsContext2(Memory, context);
        fileObject.SetVpb(Memory, _vpb);
        if (!file.IsDirectory)
            fileObject.SetSectionObjectPointer(Memory, file.ControlBlock + SectionPointersOffset);
        if (file.Parent is null)
            fileObject.SetFlags(Memory, fileObject.Flags | FileObjectFlags.VolumeOpen);
        _opens.Add(fileObject.Address, open);
        file.Opens++;
        file.FileObjects++;
        return open;
    }

    private void Empty(VolumeFile file, uint attributes)
    {
        file.DataFor("overwriting").Discard();
        file.Attributes = attributes;
        file.LastWriteTime = file.ChangeTime = _kernel.Ke.SystemTime100ns;
        NoteSizes(file);
    }

    private (NtStatus Status, ulong Information) CleanUp(FileObject fileObject, VolumeOpen open)
    {
        var file = open.File;
        if (open.IsCleanedUp)
            return (NtStatus.Success, 0);
        open.IsCleanedUp = true;
        file.Opens--;
        _kernel.Io.IoRemoveShareAccess(fileObject, file.ControlBlock + ShareAccessOffset);
        if (open.DeleteOnClose && CanDelete(file).IsSuccess)
            file.IsDeletePending = true;
        if (file.Opens == 0 && file.IsDeletePending)
            _tree.Delete(file);
        return (NtStatus.Success, 0);
    }

    private (NtStatus Status, ulong Information) Close(FileObject fileObject, VolumeOpen open)
    {
        _opens.Remove(fileObject.Address);
        _kernel.Ex.NonPagedPool.Free(fileObject.FsContext2);
        if (--open.File.FileObjects == 0)
        {
            foreach (var resource in ResourcesOf(open.File))
                _kernel.Images.WithoutDrivers(() => _kernel.Ex.ExDeleteResourceLite(resource));
            _kernel.Ex.NonPagedPool.Free(open.File.ControlBlock);
            open.File.ControlBlock = VirtualAddress.Null;
        }

        return (NtStatus.Success, 0);
    }

    private NtStatus CanDelete(VolumeFile file) =>
        file.Parent is null || (file.Attributes & ReadOnly) != 0 ? NtStatus.CannotDelete
        : file.IsDirectory && _tree.List(file).Count > 0 ? NtStatus.DirectoryNotEmpty
        : NtStatus.Success;
}
