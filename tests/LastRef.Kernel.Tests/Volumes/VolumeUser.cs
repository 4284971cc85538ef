using System.Text;
using LastRef.Kernel;
using LastRef.Lab;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>A driver's hand on the system volume: the Zw routines on files, with their buffers.</summary>
internal sealed class VolumeUser
{
    public const uint GenericRead = 0x8010_0000, GenericWrite = 0x4010_0000, Delete = 0x0011_0000, ShareAll = 7, Synchronous = 0x20, Folder = 1, NoFolder = 0x40;
    public const uint Supersede = 0, OpenOnly = 1, CreateNew = 2, OpenIf = 3, Overwrite = 4, OverwriteIf = 5;

    private readonly VirtualAddress _handle;
    private readonly VirtualAddress _iosb;

    public VolumeUser(MachineOptions? options = null)
    {
        Test = KernelTest.Boot(options);
        SystemVolume.Offer(Test.Kernel);
        (_handle, _iosb) = (Test.Allocate(8), Test.Allocate(16));
    }

    public KernelTest Test { get; }

    /// <summary>IO_STATUS_BLOCK.Information of the last call.</summary>
    public ulong Information => Test.Memory.ReadUInt64(_iosb + 8);

    public NtStatus TryOpen(
        string path, uint disposition, uint access = GenericRead | GenericWrite, uint share = ShareAll, uint options = Synchronous, ulong root = 0) =>
        Test.Status("ZwCreateFile", _handle.Value, access, Test.Attributes(path, (ObjectAttributeFlags)0x240, root), _iosb.Value, 0, 0, share, disposition, options, 0, 0);

    public ulong Open(
        string path, uint disposition, uint access = GenericRead | GenericWrite, uint share = ShareAll, uint options = Synchronous, ulong root = 0)
    {
        Assert.Equal(NtStatus.Success, TryOpen(path, disposition, access, share, options, root));
        return Test.Memory.ReadUInt64(_handle);
    }

    public void Close(ulong handle) => Assert.Equal(NtStatus.Success, Test.Status("ZwClose", handle));

    public NtStatus Write(ulong handle, string text, long? offset = null)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var buffer = Test.Allocate(bytes.Length + 8);
        Test.Memory.Write(buffer, bytes);
        return Test.Status("ZwWriteFile", handle, 0, 0, 0, _iosb.Value, buffer.Value, (ulong)bytes.Length, offset is { } at ? Test.Time(at) : 0, 0);
    }

    public NtStatus Read(ulong handle, out string text, uint bytes = 64, long? offset = null)
    {
        var buffer = Test.Allocate((int)bytes + 8);
        var status = Test.Status("ZwReadFile", handle, 0, 0, 0, _iosb.Value, buffer.Value, bytes, offset is { } at ? Test.Time(at) : 0, 0);
        var read = new byte[status.IsSuccess ? (int)Information : 0];
        Test.Memory.Read(buffer, read);
        text = Encoding.Latin1.GetString(read);
        return status;
    }

    /// <summary>"Nt" to call the routines by their other names.</summary>
    public string Prefix { get; init; } = "Zw";

    /// <summary>What a query writes.</summary>
    public NtStatus Query(ulong handle, uint information, out VirtualAddress answer, uint room = 0x200, string routine = "QueryInformationFile")
    {
        answer = Test.Allocate((int)room);
        return Test.Status(Prefix + routine, handle, _iosb.Value, answer.Value, room, information);
    }

    public NtStatus Set(ulong handle, uint information, params byte[] value)
    {
        var buffer = Test.Allocate(value.Length);
        Test.Memory.Write(buffer, value);
        return Test.Status(Prefix + "SetInformationFile", handle, _iosb.Value, buffer.Value, (ulong)value.Length, information);
    }

    /// <summary>The names that a listing gives, call by call.</summary>
    public string List(ulong handle, string? pattern, uint room = 0x400, bool single = false)
    {
        const uint directoryInformation = 1;
        var names = new List<string>();
        var buffer = Test.Allocate((int)room);
        while (true)
        {
            var status = Test.Status(
                Prefix + "QueryDirectoryFile", handle, 0, 0, 0, _iosb.Value, buffer.Value, room, directoryInformation, single ? 1UL : 0,
                pattern is null ? 0 : Test.Text(pattern), 0);
            if (!status.IsSuccess)
                return $"{string.Join(' ', names)} {status}".TrimStart();
            for (var at = buffer; ; at += (int)Test.Memory.ReadUInt32(at))
            {
                var name = new byte[Test.Memory.ReadUInt32(at + 0x3C)];
                Test.Memory.Read(at + 0x40, name);
                names.Add(Encoding.Unicode.GetString(name));
                if (Test.Memory.ReadUInt32(at) == 0)
                    break;
            }

            names.Add("|");
        }
    }

    public FileObject FileOf(ulong handle) =>
        new(Test.Memory, Test.Kernel.Ob.FindHandle(Test.Kernel.Ps.SystemProcess, new HandleValue(handle))!.Value.Body);
}
