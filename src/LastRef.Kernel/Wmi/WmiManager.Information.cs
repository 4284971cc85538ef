using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>IRP_MN_REGINFO_EX: after its registration a provider is asked which blocks of data it has.</summary>
/// <remarks>
/// Doc: "IRP_MN_REGINFO_EX", "WMIREGINFO", WDK reference: sent at PASSIVE_LEVEL in the context of any thread to the top of the provider's stack; a
/// buffer that is too small is answered with the size that would do. U-6.28: deregistration waits for a request in flight, so from inside one it
/// never returns.
/// </remarks>
internal sealed partial class WmiManager
{
    private const uint BufferBytes = 0x1000, MostBytes = 0x1_0000;
    private const ulong RegisterPath = 0, UpdatePath = 1;

    /// <summary>Events of the requests in flight, by provider.</summary>
    private readonly Dictionary<VirtualAddress, VirtualAddress> _inFlight = [];

    private void QueueInformation(VirtualAddress provider, ulong dataPath) => _kernel.Ex.QueueWork(async _ =>
    {
        if (_providers.Contains(provider) && !_inFlight.ContainsKey(provider))
            await AskForInformation(new DeviceObject(Memory, provider), dataPath);
    });

    /// <summary>What the provider answers is checked for its size only: nobody in the lab asks for its data.</summary>
    private async GuestTask AskForInformation(DeviceObject provider, ulong dataPath)
    {
        var done = _kernel.Ke.CreateEvent(synchronization: false);
        _inFlight.Add(provider.Address, done);
        var top = _kernel.Io.IoGetAttachedDeviceReference(provider);
        for (uint byteCount = BufferBytes, needed = byteCount; needed != 0 && needed <= MostBytes; byteCount = needed)
        {
            var buffer = _kernel.Ex.NonPagedPool.Allocate(byteCount, PoolTags.Of("Wmii"), null);
            var (status, information) = await _kernel.Io.SendSynchronous(top, NtStatus.NotSupported, location =>
            {
                location.SetMajorFunction(Memory, IrpMajor.SystemControl);
                location.SetMinorFunction(Memory, RegistrationInformationEx);
                location.SetWmiProviderId(Memory, provider.Address.Value);
                location.SetWmiDataPath(Memory, new VirtualAddress(dataPath));
                location.SetWmiBufferSize(Memory, byteCount);
                location.SetWmiBuffer(Memory, buffer);
            });
            needed = information == sizeof(uint) && (status.IsSuccess || status == NtStatus.BufferTooSmall) ? Memory.ReadUInt32(buffer) : 0;
            _kernel.Ex.NonPagedPool.Free(buffer);
            if (needed <= byteCount)
                break;
        }

        await _kernel.Ob.Dereference(top.Address, ReferenceCause.AttachedDeviceReference);
        _inFlight.Remove(provider.Address);
        _kernel.Ke.KeSetEvent(done, 0, false);
        _kernel.Ke.DeleteEvent(done);
    }

    /// <summary>Answers the request for a provider that uses the library, from its list of GUIDs and what its routine says of the device.</summary>
    /// <remarks>
    /// WMILIB_CONTEXT: GuidCount 0, GuidList 8, QueryWmiRegInfo 10h. WMIGUIDREGINFO: Guid 0, InstanceCount 8, Flags 0Ch, 10h bytes. WMIREGINFO: BufferSize 0,
    /// RegistryPath 8, MofResourceName 0Ch, GuidCount 10h, the GUIDs from 18h. WMIREGGUID: Guid 0, Flags 10h, InstanceCount 14h, InstanceInfo 18h,
    /// 20h bytes. Strings are counted, with a 16-bit length before them (wmilib.h, wmistr.h).
    /// </remarks>
    private async GuestTask<NtStatus> AnswerInformation(VirtualAddress library, DeviceObject device, Irp irp, IoStackLocation location)
    {
        const uint instanceList = 4, instanceBaseName = 8, instancePdo = 0x20;
        var count = Memory.ReadUInt32(library);
        var (guids, routine) = (Memory.ReadPointer(library + 8), Memory.ReadPointer(library + 0x10));

        // Flags 0, instance name 8, registry path 18h, MOF resource name 20h, physical device object 30h.
        var answers = _kernel.Ex.NonPagedPool.Allocate(0x38, PoolTags.Of("Wmii"), null);
        Memory.Clear(answers, 0x38);
        var status = new NtStatus((int)(uint)await _kernel.CurrentThread.Call(
            routine, device.Address.Value, answers.Value, (answers + 8).Value, (answers + 0x18).Value, (answers + 0x20).Value, (answers + 0x30).Value));
        var flags = Memory.ReadUInt32(answers);
        var name = new UnicodeString(Memory, answers + 8);
        var path = Memory.ReadPointer(answers + 0x18);
        var information = 0u;
        if (status.IsSuccess && (flags & instancePdo) == 0 && name.Buffer.IsNull)
            status = NtStatus.InvalidDeviceRequest;
        if (status.IsSuccess)
        {
            var isNamed = (flags & instancePdo) == 0;
            if (isNamed && (flags & instanceBaseName) == 0)
                flags |= instanceList;
            byte[][] texts =
            [
                isNamed ? WideText.Bytes(name.ToText()) : [],
                WideText.Bytes(new UnicodeString(Memory, answers + 0x20).ToText()),
                path.IsNull ? [] : WideText.Bytes(new UnicodeString(Memory, path).ToText()),
            ];
            var nameOffset = 0x18 + (0x20 * count);
            var mofOffset = nameOffset + (isNamed ? 2u + (uint)texts[0].Length : 0);
            var pathOffset = mofOffset + 2 + (uint)texts[1].Length;
            var byteCount = pathOffset + 2 + (uint)texts[2].Length;
            var buffer = location.WmiBuffer;
            information = location.WmiBufferSize < byteCount ? sizeof(uint) : byteCount;
            Memory.WriteUInt32(buffer, byteCount);
            if (information == byteCount)
            {
                Memory.WriteUInt32(buffer + 4, 0);
                Memory.WriteUInt32(buffer + 8, pathOffset);
                Memory.WriteUInt32(buffer + 0xC, mofOffset);
                Memory.WriteUInt32(buffer + 0x10, count);
                var instance = isNamed ? nameOffset : Memory.ReadPointer(answers + 0x30).Value;
                for (var i = 0u; i < count; i++)
                {
                    var (from, to) = (guids + (0x10 * i), buffer + 0x18 + (0x20 * i));
                    var guid = new byte[16];
                    Memory.Read(Memory.ReadPointer(from), guid);
                    Memory.Write(to, guid);
                    Memory.WriteUInt32(to + 0x10, Memory.ReadUInt32(from + 0xC) | flags);
                    Memory.WriteUInt32(to + 0x14, Memory.ReadUInt32(from + 8));
                    Memory.WriteUInt64(to + 0x18, instance);
                }

                if (isNamed)
                    WriteCounted(buffer + nameOffset, texts[0]);
                WriteCounted(buffer + mofOffset, texts[1]);
                WriteCounted(buffer + pathOffset, texts[2]);
            }
        }

        if (!name.Buffer.IsNull)
            _kernel.Ex.ExFreePool(name.Buffer);
        _kernel.Ex.NonPagedPool.Free(answers);
        irp.IoStatus.SetStatus(Memory, status);
        irp.IoStatus.SetInformation(Memory, information);
        await _kernel.Io.IofCompleteRequest(irp, 0);
        return status;
    }

    private void WriteCounted(VirtualAddress at, byte[] text)
    {
        Memory.WriteUInt16(at, (ushort)text.Length);
        Memory.Write(at + 2, text);
    }
}
