namespace LastRef.Kernel;

/// <summary>Names that the kernel exports as variables, not routines; an import of one gets the variable's address.</summary>
/// <remarks>Fact: driver-binaries section 6, data imports.</remarks>
internal static class KernelVariables
{
    private static readonly HashSet<string> _names = new(StringComparer.Ordinal)
    {
        "IoFileObjectType", "IoDriverObjectType", "IoDeviceObjectType", "IoAdapterObjectType", "IoDeviceHandlerObjectType", "IoDeviceHandlerObjectSize",
        "PsProcessType", "PsThreadType", "PsJobType", "ExEventObjectType", "ExSemaphoreObjectType", "ExMutantObjectType", "ExTimerObjectType",
        "ExDesktopObjectType", "ExWindowStationObjectType", "MmSectionObjectType", "CmKeyObjectType", "SeTokenObjectType", "LpcPortObjectType",
        "TmTransactionManagerObjectType", "TmEnlistmentObjectType", "TmResourceManagerObjectType", "TmTransactionObjectType",
        "PsInitialSystemProcess", "PsLoadedModuleList", "PsLoadedModuleResource", "SeExports", "SePublicDefaultDacl", "SeSystemDefaultDacl",
        "MmUserProbeAddress", "MmHighestUserAddress", "MmSystemRangeStart", "MmBadPointer", "KdDebuggerEnabled", "KdDebuggerNotPresent",
        "KdEnteredDebugger", "InitSafeBootMode", "NtBuildNumber", "NtBuildLab", "NtGlobalFlag", "KeNumberProcessors", "KeLoaderBlock", "KeTickCount",
        "KeServiceDescriptorTable", "HalDispatchTable", "HalPrivateDispatchTable", "NlsMbCodePageTag", "NlsMbOemCodePageTag", "NlsAnsiCodePage",
        "NlsOemCodePage", "NlsOemLeadByteInfo", "NlsLeadByteInfo", "FsRtlLegalAnsiCharacterArray", "IoReadOperationCount", "IoWriteOperationCount",
        "IoReadTransferCount", "IoWriteTransferCount", "IoOtherOperationCount", "IoOtherTransferCount", "IoStatisticsLock", "CcFastMdlReadWait",
        "CcFastReadNotPossible", "CcFastReadWait", "PsUILanguageComitted",
    };

    public static bool IsVariable(string name) => _names.Contains(name);
}
