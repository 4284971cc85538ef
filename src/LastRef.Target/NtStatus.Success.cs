namespace LastRef;

// Success and information: severities 0 and 1. Values and names: ntstatus.h.
public readonly partial record struct NtStatus
{
    public static NtStatus Success => new(0x00000000);
    public static NtStatus Wait1 => new(0x00000001);
    public static NtStatus Wait2 => new(0x00000002);
    public static NtStatus Wait3 => new(0x00000003);
    public static NtStatus Wait63 => new(0x0000003F);
    public static NtStatus Abandoned => new(0x00000080);
    public static NtStatus AbandonedWait63 => new(0x000000BF);
    public static NtStatus UserApc => new(0x000000C0);
    public static NtStatus KernelApc => new(0x00000100);
    public static NtStatus Alerted => new(0x00000101);
    public static NtStatus Timeout => new(0x00000102);
    public static NtStatus Pending => new(0x00000103);
    public static NtStatus Reparse => new(0x00000104);
    public static NtStatus MoreEntries => new(0x00000105);
    public static NtStatus NotAllAssigned => new(0x00000106);
    public static NtStatus SomeNotMapped => new(0x00000107);
    public static NtStatus OplockBreakInProgress => new(0x00000108);
    public static NtStatus VolumeMounted => new(0x00000109);
    public static NtStatus RxactCommitted => new(0x0000010A);
    public static NtStatus NotifyCleanup => new(0x0000010B);
    public static NtStatus NotifyEnumDir => new(0x0000010C);
    public static NtStatus NoQuotasForAccount => new(0x0000010D);
    public static NtStatus PrimaryTransportConnectFailed => new(0x0000010E);
    public static NtStatus PageFaultTransition => new(0x00000110);
    public static NtStatus PageFaultDemandZero => new(0x00000111);
    public static NtStatus PageFaultCopyOnWrite => new(0x00000112);
    public static NtStatus PageFaultGuardPage => new(0x00000113);
    public static NtStatus PageFaultPagingFile => new(0x00000114);
    public static NtStatus CachePageLocked => new(0x00000115);
    public static NtStatus CrashDump => new(0x00000116);
    public static NtStatus BufferAllZeros => new(0x00000117);
    public static NtStatus ReparseObject => new(0x00000118);
    public static NtStatus ResourceRequirementsChanged => new(0x00000119);
    public static NtStatus TranslationComplete => new(0x00000120);
    public static NtStatus NothingToTerminate => new(0x00000122);
    public static NtStatus ProcessNotInJob => new(0x00000123);
    public static NtStatus ProcessInJob => new(0x00000124);
    public static NtStatus VolsnapHibernateReady => new(0x00000125);
    public static NtStatus FsfilterOpCompletedSuccessfully => new(0x00000126);
    public static NtStatus InterruptVectorAlreadyConnected => new(0x00000127);
    public static NtStatus InterruptStillConnected => new(0x00000128);
    public static NtStatus ProcessCloned => new(0x00000129);
    public static NtStatus FileLockedWithOnlyReaders => new(0x0000012A);
    public static NtStatus FileLockedWithWriters => new(0x0000012B);
    public static NtStatus ResourcemanagerReadOnly => new(0x00000202);
    public static NtStatus WaitForOplock => new(0x00000367);
    public static NtStatus ObjectNameExists => new(0x40000000);
    public static NtStatus ThreadWasSuspended => new(0x40000001);
    public static NtStatus WorkingSetLimitRange => new(0x40000002);
    public static NtStatus ImageNotAtBase => new(0x40000003);
    public static NtStatus RxactStateCreated => new(0x40000004);
    public static NtStatus SegmentNotification => new(0x40000005);
    public static NtStatus LocalUserSessionKey => new(0x40000006);
    public static NtStatus BadCurrentDirectory => new(0x40000007);
    public static NtStatus SerialMoreWrites => new(0x40000008);
    public static NtStatus RegistryRecovered => new(0x40000009);
    public static NtStatus FtReadRecoveryFromBackup => new(0x4000000A);
    public static NtStatus FtWriteRecovery => new(0x4000000B);
    public static NtStatus SerialCounterTimeout => new(0x4000000C);
    public static NtStatus NullLmPassword => new(0x4000000D);
    public static NtStatus ReceivePartial => new(0x4000000F);
    public static NtStatus ReceiveExpedited => new(0x40000010);
    public static NtStatus ReceivePartialExpedited => new(0x40000011);
    public static NtStatus EventDone => new(0x40000012);
    public static NtStatus EventPending => new(0x40000013);
    public static NtStatus CheckingFileSystem => new(0x40000014);
    public static NtStatus FatalAppExit => new(0x40000015);
    public static NtStatus PredefinedHandle => new(0x40000016);
    public static NtStatus WasUnlocked => new(0x40000017);
    public static NtStatus ServiceNotification => new(0x40000018);
    public static NtStatus WasLocked => new(0x40000019);
    public static NtStatus LogHardError => new(0x4000001A);
    public static NtStatus AlreadyWin32 => new(0x4000001B);
    public static NtStatus NoYieldPerformed => new(0x40000024);
    public static NtStatus TimerResumeIgnored => new(0x40000025);
    public static NtStatus ArbitrationUnhandled => new(0x40000026);
    public static NtStatus CardbusNotSupported => new(0x40000027);
    public static NtStatus MpProcessorMismatch => new(0x40000029);
    public static NtStatus Hibernated => new(0x4000002A);
    public static NtStatus ResumeHibernation => new(0x4000002B);
    public static NtStatus FirmwareUpdated => new(0x4000002C);
    public static NtStatus DriversLeakingLockedPages => new(0x4000002D);
    public static NtStatus MessageRetrieved => new(0x4000002E);
    public static NtStatus SystemPowerstateTransition => new(0x4000002F);
    public static NtStatus AlpcCheckCompletionList => new(0x40000030);
    public static NtStatus SystemPowerstateComplexTransition => new(0x40000031);
    public static NtStatus AccessAuditByPolicy => new(0x40000032);
    public static NtStatus AbandonHiberfile => new(0x40000033);
    public static NtStatus BizrulesNotEnabled => new(0x40000034);

    private static readonly (int Value, string Name)[] s_namesSuccess =
    [
        (0x00000000, "STATUS_SUCCESS"),
        (0x00000001, "STATUS_WAIT_1"),
        (0x00000002, "STATUS_WAIT_2"),
        (0x00000003, "STATUS_WAIT_3"),
        (0x0000003F, "STATUS_WAIT_63"),
        (0x00000080, "STATUS_ABANDONED"),
        (0x000000BF, "STATUS_ABANDONED_WAIT_63"),
        (0x000000C0, "STATUS_USER_APC"),
        (0x00000100, "STATUS_KERNEL_APC"),
        (0x00000101, "STATUS_ALERTED"),
        (0x00000102, "STATUS_TIMEOUT"),
        (0x00000103, "STATUS_PENDING"),
        (0x00000104, "STATUS_REPARSE"),
        (0x00000105, "STATUS_MORE_ENTRIES"),
        (0x00000106, "STATUS_NOT_ALL_ASSIGNED"),
        (0x00000107, "STATUS_SOME_NOT_MAPPED"),
        (0x00000108, "STATUS_OPLOCK_BREAK_IN_PROGRESS"),
        (0x00000109, "STATUS_VOLUME_MOUNTED"),
        (0x0000010A, "STATUS_RXACT_COMMITTED"),
        (0x0000010B, "STATUS_NOTIFY_CLEANUP"),
        (0x0000010C, "STATUS_NOTIFY_ENUM_DIR"),
        (0x0000010D, "STATUS_NO_QUOTAS_FOR_ACCOUNT"),
        (0x0000010E, "STATUS_PRIMARY_TRANSPORT_CONNECT_FAILED"),
        (0x00000110, "STATUS_PAGE_FAULT_TRANSITION"),
        (0x00000111, "STATUS_PAGE_FAULT_DEMAND_ZERO"),
        (0x00000112, "STATUS_PAGE_FAULT_COPY_ON_WRITE"),
        (0x00000113, "STATUS_PAGE_FAULT_GUARD_PAGE"),
        (0x00000114, "STATUS_PAGE_FAULT_PAGING_FILE"),
        (0x00000115, "STATUS_CACHE_PAGE_LOCKED"),
        (0x00000116, "STATUS_CRASH_DUMP"),
        (0x00000117, "STATUS_BUFFER_ALL_ZEROS"),
        (0x00000118, "STATUS_REPARSE_OBJECT"),
        (0x00000119, "STATUS_RESOURCE_REQUIREMENTS_CHANGED"),
        (0x00000120, "STATUS_TRANSLATION_COMPLETE"),
        (0x00000122, "STATUS_NOTHING_TO_TERMINATE"),
        (0x00000123, "STATUS_PROCESS_NOT_IN_JOB"),
        (0x00000124, "STATUS_PROCESS_IN_JOB"),
        (0x00000125, "STATUS_VOLSNAP_HIBERNATE_READY"),
        (0x00000126, "STATUS_FSFILTER_OP_COMPLETED_SUCCESSFULLY"),
        (0x00000127, "STATUS_INTERRUPT_VECTOR_ALREADY_CONNECTED"),
        (0x00000128, "STATUS_INTERRUPT_STILL_CONNECTED"),
        (0x00000129, "STATUS_PROCESS_CLONED"),
        (0x0000012A, "STATUS_FILE_LOCKED_WITH_ONLY_READERS"),
        (0x0000012B, "STATUS_FILE_LOCKED_WITH_WRITERS"),
        (0x00000202, "STATUS_RESOURCEMANAGER_READ_ONLY"),
        (0x00000367, "STATUS_WAIT_FOR_OPLOCK"),
        (0x40000000, "STATUS_OBJECT_NAME_EXISTS"),
        (0x40000001, "STATUS_THREAD_WAS_SUSPENDED"),
        (0x40000002, "STATUS_WORKING_SET_LIMIT_RANGE"),
        (0x40000003, "STATUS_IMAGE_NOT_AT_BASE"),
        (0x40000004, "STATUS_RXACT_STATE_CREATED"),
        (0x40000005, "STATUS_SEGMENT_NOTIFICATION"),
        (0x40000006, "STATUS_LOCAL_USER_SESSION_KEY"),
        (0x40000007, "STATUS_BAD_CURRENT_DIRECTORY"),
        (0x40000008, "STATUS_SERIAL_MORE_WRITES"),
        (0x40000009, "STATUS_REGISTRY_RECOVERED"),
        (0x4000000A, "STATUS_FT_READ_RECOVERY_FROM_BACKUP"),
        (0x4000000B, "STATUS_FT_WRITE_RECOVERY"),
        (0x4000000C, "STATUS_SERIAL_COUNTER_TIMEOUT"),
        (0x4000000D, "STATUS_NULL_LM_PASSWORD"),
        (0x4000000F, "STATUS_RECEIVE_PARTIAL"),
        (0x40000010, "STATUS_RECEIVE_EXPEDITED"),
        (0x40000011, "STATUS_RECEIVE_PARTIAL_EXPEDITED"),
        (0x40000012, "STATUS_EVENT_DONE"),
        (0x40000013, "STATUS_EVENT_PENDING"),
        (0x40000014, "STATUS_CHECKING_FILE_SYSTEM"),
        (0x40000015, "STATUS_FATAL_APP_EXIT"),
        (0x40000016, "STATUS_PREDEFINED_HANDLE"),
        (0x40000017, "STATUS_WAS_UNLOCKED"),
        (0x40000018, "STATUS_SERVICE_NOTIFICATION"),
        (0x40000019, "STATUS_WAS_LOCKED"),
        (0x4000001A, "STATUS_LOG_HARD_ERROR"),
        (0x4000001B, "STATUS_ALREADY_WIN32"),
        (0x40000024, "STATUS_NO_YIELD_PERFORMED"),
        (0x40000025, "STATUS_TIMER_RESUME_IGNORED"),
        (0x40000026, "STATUS_ARBITRATION_UNHANDLED"),
        (0x40000027, "STATUS_CARDBUS_NOT_SUPPORTED"),
        (0x40000029, "STATUS_MP_PROCESSOR_MISMATCH"),
        (0x4000002A, "STATUS_HIBERNATED"),
        (0x4000002B, "STATUS_RESUME_HIBERNATION"),
        (0x4000002C, "STATUS_FIRMWARE_UPDATED"),
        (0x4000002D, "STATUS_DRIVERS_LEAKING_LOCKED_PAGES"),
        (0x4000002E, "STATUS_MESSAGE_RETRIEVED"),
        (0x4000002F, "STATUS_SYSTEM_POWERSTATE_TRANSITION"),
        (0x40000030, "STATUS_ALPC_CHECK_COMPLETION_LIST"),
        (0x40000031, "STATUS_SYSTEM_POWERSTATE_COMPLEX_TRANSITION"),
        (0x40000032, "STATUS_ACCESS_AUDIT_BY_POLICY"),
        (0x40000033, "STATUS_ABANDON_HIBERFILE"),
        (0x40000034, "STATUS_BIZRULES_NOT_ENABLED"),
    ];
}
