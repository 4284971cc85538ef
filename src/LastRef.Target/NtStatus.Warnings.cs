namespace LastRef;

// Warnings: severity 2. Values and names: ntstatus.h.
public readonly partial record struct NtStatus
{
    public static NtStatus GuardPageViolation => new(unchecked((int)0x80000001));
    public static NtStatus DatatypeMisalignment => new(unchecked((int)0x80000002));
    public static NtStatus Breakpoint => new(unchecked((int)0x80000003));
    public static NtStatus SingleStep => new(unchecked((int)0x80000004));
    public static NtStatus BufferOverflow => new(unchecked((int)0x80000005));
    public static NtStatus NoMoreFiles => new(unchecked((int)0x80000006));
    public static NtStatus WakeSystemDebugger => new(unchecked((int)0x80000007));
    public static NtStatus HandlesClosed => new(unchecked((int)0x8000000A));
    public static NtStatus NoInheritance => new(unchecked((int)0x8000000B));
    public static NtStatus GuidSubstitutionMade => new(unchecked((int)0x8000000C));
    public static NtStatus PartialCopy => new(unchecked((int)0x8000000D));
    public static NtStatus DevicePaperEmpty => new(unchecked((int)0x8000000E));
    public static NtStatus DevicePoweredOff => new(unchecked((int)0x8000000F));
    public static NtStatus DeviceOffLine => new(unchecked((int)0x80000010));
    public static NtStatus DeviceBusy => new(unchecked((int)0x80000011));
    public static NtStatus NoMoreEas => new(unchecked((int)0x80000012));
    public static NtStatus InvalidEaName => new(unchecked((int)0x80000013));
    public static NtStatus EaListInconsistent => new(unchecked((int)0x80000014));
    public static NtStatus InvalidEaFlag => new(unchecked((int)0x80000015));
    public static NtStatus VerifyRequired => new(unchecked((int)0x80000016));
    public static NtStatus ExtraneousInformation => new(unchecked((int)0x80000017));
    public static NtStatus RxactCommitNecessary => new(unchecked((int)0x80000018));
    public static NtStatus NoMoreEntries => new(unchecked((int)0x8000001A));
    public static NtStatus FilemarkDetected => new(unchecked((int)0x8000001B));
    public static NtStatus MediaChanged => new(unchecked((int)0x8000001C));
    public static NtStatus BusReset => new(unchecked((int)0x8000001D));
    public static NtStatus EndOfMedia => new(unchecked((int)0x8000001E));
    public static NtStatus BeginningOfMedia => new(unchecked((int)0x8000001F));
    public static NtStatus MediaCheck => new(unchecked((int)0x80000020));
    public static NtStatus SetmarkDetected => new(unchecked((int)0x80000021));
    public static NtStatus NoDataDetected => new(unchecked((int)0x80000022));
    public static NtStatus RedirectorHasOpenHandles => new(unchecked((int)0x80000023));
    public static NtStatus ServerHasOpenHandles => new(unchecked((int)0x80000024));
    public static NtStatus AlreadyDisconnected => new(unchecked((int)0x80000025));
    public static NtStatus Longjump => new(unchecked((int)0x80000026));
    public static NtStatus CleanerCartridgeInstalled => new(unchecked((int)0x80000027));
    public static NtStatus PlugplayQueryVetoed => new(unchecked((int)0x80000028));
    public static NtStatus UnwindConsolidate => new(unchecked((int)0x80000029));
    public static NtStatus RegistryHiveRecovered => new(unchecked((int)0x8000002A));
    public static NtStatus DllMightBeInsecure => new(unchecked((int)0x8000002B));
    public static NtStatus DllMightBeIncompatible => new(unchecked((int)0x8000002C));
    public static NtStatus StoppedOnSymlink => new(unchecked((int)0x8000002D));
    public static NtStatus DeviceRequiresCleaning => new(unchecked((int)0x80000288));
    public static NtStatus DeviceDoorOpen => new(unchecked((int)0x80000289));

    private static readonly (int Value, string Name)[] s_namesWarnings =
    [
        (unchecked((int)0x80000001), "STATUS_GUARD_PAGE_VIOLATION"),
        (unchecked((int)0x80000002), "STATUS_DATATYPE_MISALIGNMENT"),
        (unchecked((int)0x80000003), "STATUS_BREAKPOINT"),
        (unchecked((int)0x80000004), "STATUS_SINGLE_STEP"),
        (unchecked((int)0x80000005), "STATUS_BUFFER_OVERFLOW"),
        (unchecked((int)0x80000006), "STATUS_NO_MORE_FILES"),
        (unchecked((int)0x80000007), "STATUS_WAKE_SYSTEM_DEBUGGER"),
        (unchecked((int)0x8000000A), "STATUS_HANDLES_CLOSED"),
        (unchecked((int)0x8000000B), "STATUS_NO_INHERITANCE"),
        (unchecked((int)0x8000000C), "STATUS_GUID_SUBSTITUTION_MADE"),
        (unchecked((int)0x8000000D), "STATUS_PARTIAL_COPY"),
        (unchecked((int)0x8000000E), "STATUS_DEVICE_PAPER_EMPTY"),
        (unchecked((int)0x8000000F), "STATUS_DEVICE_POWERED_OFF"),
        (unchecked((int)0x80000010), "STATUS_DEVICE_OFF_LINE"),
        (unchecked((int)0x80000011), "STATUS_DEVICE_BUSY"),
        (unchecked((int)0x80000012), "STATUS_NO_MORE_EAS"),
        (unchecked((int)0x80000013), "STATUS_INVALID_EA_NAME"),
        (unchecked((int)0x80000014), "STATUS_EA_LIST_INCONSISTENT"),
        (unchecked((int)0x80000015), "STATUS_INVALID_EA_FLAG"),
        (unchecked((int)0x80000016), "STATUS_VERIFY_REQUIRED"),
        (unchecked((int)0x80000017), "STATUS_EXTRANEOUS_INFORMATION"),
        (unchecked((int)0x80000018), "STATUS_RXACT_COMMIT_NECESSARY"),
        (unchecked((int)0x8000001A), "STATUS_NO_MORE_ENTRIES"),
        (unchecked((int)0x8000001B), "STATUS_FILEMARK_DETECTED"),
        (unchecked((int)0x8000001C), "STATUS_MEDIA_CHANGED"),
        (unchecked((int)0x8000001D), "STATUS_BUS_RESET"),
        (unchecked((int)0x8000001E), "STATUS_END_OF_MEDIA"),
        (unchecked((int)0x8000001F), "STATUS_BEGINNING_OF_MEDIA"),
        (unchecked((int)0x80000020), "STATUS_MEDIA_CHECK"),
        (unchecked((int)0x80000021), "STATUS_SETMARK_DETECTED"),
        (unchecked((int)0x80000022), "STATUS_NO_DATA_DETECTED"),
        (unchecked((int)0x80000023), "STATUS_REDIRECTOR_HAS_OPEN_HANDLES"),
        (unchecked((int)0x80000024), "STATUS_SERVER_HAS_OPEN_HANDLES"),
        (unchecked((int)0x80000025), "STATUS_ALREADY_DISCONNECTED"),
        (unchecked((int)0x80000026), "STATUS_LONGJUMP"),
        (unchecked((int)0x80000027), "STATUS_CLEANER_CARTRIDGE_INSTALLED"),
        (unchecked((int)0x80000028), "STATUS_PLUGPLAY_QUERY_VETOED"),
        (unchecked((int)0x80000029), "STATUS_UNWIND_CONSOLIDATE"),
        (unchecked((int)0x8000002A), "STATUS_REGISTRY_HIVE_RECOVERED"),
        (unchecked((int)0x8000002B), "STATUS_DLL_MIGHT_BE_INSECURE"),
        (unchecked((int)0x8000002C), "STATUS_DLL_MIGHT_BE_INCOMPATIBLE"),
        (unchecked((int)0x8000002D), "STATUS_STOPPED_ON_SYMLINK"),
        (unchecked((int)0x80000288), "STATUS_DEVICE_REQUIRES_CLEANING"),
        (unchecked((int)0x80000289), "STATUS_DEVICE_DOOR_OPEN"),
    ];
}
