using System.Text;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>ZwQuerySystemInformation: what drivers look up about the machine, mostly the loaded modules.</summary>
internal sealed partial class Executive
{
    private const int ModuleLimit = 4096;
    private const int ModuleBytes = 0x128;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "NtQuerySystemInformation, Win32 reference; RTL_PROCESS_MODULES, public headers",
        Missing = "classes other than basic, processor, time of day, processes, modules, handles, kernel debugger, firmware tables, boot environment, code integrity, secure boot")]
    [KernelExport("ntoskrnl.exe", Name = "NtQuerySystemInformation", MaxIrql = Irql.Passive, Doc = "NtQuerySystemInformation, Win32 reference",
        Missing = "classes other than basic, processor, time of day, processes, modules, handles, kernel debugger, firmware tables, boot environment, code integrity, secure boot")]
    internal NtStatus ZwQuerySystemInformation(
        int systemInformationClass, VirtualAddress systemInformation, uint systemInformationLength, VirtualAddress returnLength)
    {
        const int basic = 0, processor = 1, timeOfDay = 3, processes = 5, modules = 11, handles = 16, kernelDebugger = 35, extendedHandles = 64, firmwareTable = 76;
        const int bootEnvironment = 90, codeIntegrity = 103, secureBoot = 145, kernelDebuggerEx = 149, firstUnknown = 0x200;
        switch (systemInformationClass)
        {
            case basic:
                return Answer(BasicInformation(), systemInformation, systemInformationLength, returnLength);
            case processor:
                // SYSTEM_PROCESSOR_INFORMATION: ProcessorArchitecture 0 (9: x64), Level 2, Revision 4, MaximumProcessors 6, ProcessorFeatureBits 8.
                return Answer([9, 0, 6, 0, 9, 0x3A, 1, 0, 0, 0, 0, 0], systemInformation, systemInformationLength, returnLength);
            case timeOfDay:
                // BootTime 0, CurrentTime 8, TimeZoneBias 10, TimeZoneId 18.
                var times = new byte[0x30];
                BitConverter.TryWriteBytes(times, _kernel.Ke.BootTime);
                BitConverter.TryWriteBytes(times.AsSpan(8), _kernel.Ke.SystemTime100ns);
                return Answer(times, systemInformation, systemInformationLength, returnLength);
            case processes:
                return AnswerProcesses(systemInformation, systemInformationLength, returnLength);
            case modules:
                return Answer(ModuleInformation(), systemInformation, systemInformationLength, returnLength);
            case handles:
                return Answer(HandleInformation(extended: false), systemInformation, systemInformationLength, returnLength);
            case extendedHandles:
                return Answer(HandleInformation(extended: true), systemInformation, systemInformationLength, returnLength);
            case firmwareTable:
                return AnswerFirmwareTable(systemInformation, systemInformationLength, returnLength);
            case bootEnvironment:
                // BootIdentifier 0, FirmwareType 10h (1: BIOS), BootFlags 18h.
                var boot = new byte[0x20];
                boot[0x10] = 1;
                return Answer(boot, systemInformation, systemInformationLength, returnLength);
            case secureBoot:
                // SecureBootEnabled, SecureBootCapable.
                return Answer([0, 0], systemInformation, systemInformationLength, returnLength);
            case kernelDebuggerEx:
                // DebuggerAllowed, DebuggerEnabled, DebuggerPresent.
                return Answer([0, 0, 0], systemInformation, systemInformationLength, returnLength);
            case kernelDebugger:
                return Answer([0, 1], systemInformation, systemInformationLength, returnLength);
            case codeIntegrity when systemInformationLength >= 8:
                // Length 0, CodeIntegrityOptions 4: enabled.
                return Answer([8, 0, 0, 0, 1, 0, 0, 0], systemInformation, systemInformationLength, returnLength);
            case < 0 or >= firstUnknown:
                return NtStatus.InvalidInfoClass;
            default:
                throw MachineStopException.Unsupported(UnsupportedKind.Case, $"ZwQuerySystemInformation with class {systemInformationClass}");
        }
    }

    /// <summary>SYSTEM_BASIC_INFORMATION: TimerResolution 4, PageSize 8, NumberOfPhysicalPages C, lowest and highest page 10, 14, AllocationGranularity 18,
    /// user addresses 20, 28, ActiveProcessorsAffinityMask 30, NumberOfProcessors 38.</summary>
    private byte[] BasicInformation()
    {
        var data = new byte[0x40];
        BitConverter.TryWriteBytes(data.AsSpan(4), KernelCore.TickLength100ns);
        BitConverter.TryWriteBytes(data.AsSpan(8), 0x1000);
        BitConverter.TryWriteBytes(data.AsSpan(0xC), (int)_kernel.Options.MaximumPages);
        BitConverter.TryWriteBytes(data.AsSpan(0x10), (int)AddressMap.FirstFrame);
        BitConverter.TryWriteBytes(data.AsSpan(0x14), (int)AddressMap.FirstFrame + (int)_kernel.Options.MaximumPages - 1);
        BitConverter.TryWriteBytes(data.AsSpan(0x18), 0x10000);
        BitConverter.TryWriteBytes(data.AsSpan(0x20), 0x10000UL);
        BitConverter.TryWriteBytes(data.AsSpan(0x28), 0x7FFF_FFFE_FFFFUL);
        BitConverter.TryWriteBytes(data.AsSpan(0x30), 1UL);
        data[0x38] = 1;
        return data;
    }

    /// <summary>RTL_PROCESS_MODULES: a count, then entries from 8 on: MappedBase 8, ImageBase 10, ImageSize 18, Flags 1C, LoadOrderIndex 20, LoadCount 24,
    /// OffsetToFileName 26, FullPathName 28.</summary>
    private byte[] ModuleInformation()
    {
        _kernel.Images.EnterWindowsModules();
        var modules = Walker.List<KldrDataTableEntry>(new ListEntry(Memory, _kernel.Images.ModuleListHead), linkOffset: 0, ModuleLimit).Items;
        var data = new byte[8 + (modules.Count * ModuleBytes)];
        BitConverter.TryWriteBytes(data, modules.Count);
        for (var i = 0; i < modules.Count; i++)
        {
            var entry = data.AsSpan(8 + (i * ModuleBytes), ModuleBytes);
            var loader = modules[i];
            var path = loader.FullDllName.ToText();
            BitConverter.TryWriteBytes(entry[0x10..], loader.DllBase.Value);
            BitConverter.TryWriteBytes(entry[0x18..], loader.SizeOfImage);
            BitConverter.TryWriteBytes(entry[0x1C..], loader.Flags);
            BitConverter.TryWriteBytes(entry[0x20..], (ushort)i);
            BitConverter.TryWriteBytes(entry[0x24..], loader.LoadCount);
            BitConverter.TryWriteBytes(entry[0x26..], (ushort)(path.LastIndexOf('\\') + 1));
            Encoding.ASCII.GetBytes(path.AsSpan(0, Math.Min(path.Length, 255)), entry[0x28..]);
        }

        return data;
    }

    private NtStatus Answer(byte[] data, VirtualAddress buffer, uint length, VirtualAddress returnLength)
    {
        if (!returnLength.IsNull)
            Memory.WriteUInt32(returnLength, (uint)data.Length);
        if (length < data.Length)
            return NtStatus.InfoLengthMismatch;
        Memory.Write(buffer, data);
        return NtStatus.Success;
    }
}
