using System.Text.Json.Serialization;

namespace LastRef;

/// <summary>One thing that happened in a run.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "record")]
[JsonDerivedType(typeof(BugCheckRecord), "bugCheck")]
[JsonDerivedType(typeof(DeadlockRecord), "deadlock")]
[JsonDerivedType(typeof(DebugPrintRecord), "debugPrint")]
[JsonDerivedType(typeof(DriverCallRecord), "driverCall")]
[JsonDerivedType(typeof(ImageRecord), "image")]
[JsonDerivedType(typeof(IrpRecord), "irp")]
[JsonDerivedType(typeof(NameRecord), "name")]
[JsonDerivedType(typeof(ObjectRecord), "object")]
[JsonDerivedType(typeof(PoolRecord), "pool")]
[JsonDerivedType(typeof(ReferenceRecord), "reference")]
[JsonDerivedType(typeof(RegistrationRecord), "registration")]
[JsonDerivedType(typeof(RemoveLockRecord), "removeLock")]
[JsonDerivedType(typeof(RoutineRecord), "routine")]
[JsonDerivedType(typeof(StimulusRecord), "stimulus")]
[JsonDerivedType(typeof(UnloadRecord), "unload")]
[JsonDerivedType(typeof(UnsupportedRecord), "unsupported")]
[JsonDerivedType(typeof(ClientNotificationRecord), "clientNotification")]
[JsonDerivedType(typeof(LoadRefusedRecord), "loadRefused")]
[JsonDerivedType(typeof(SeenRecord), "seen")]
[JsonDerivedType(typeof(VerifierRecord), "verifier")]
[JsonDerivedType(typeof(VetoRecord), "veto")]
public abstract record TraceRecord
{
    /// <summary>Position in the trace, from zero.</summary>
    [JsonIgnore]
    public int Sequence { get; internal set; }

    /// <summary>The step of the scenario in which it happened: the number of stimuli up to here, itself included; 0 while the machine boots.</summary>
    public int ScenarioStep { get; internal set; }

    /// <summary>Guest instructions executed when it happened.</summary>
    public ulong Instructions { get; init; }

    /// <summary>Virtual time since boot in units of 100 ns.</summary>
    public long Time100ns { get; init; }

    /// <summary>The KTHREAD that ran; null outside threads.</summary>
    public VirtualAddress Thread { get; init; }

    /// <summary>Return addresses on the thread's stack that lie in images of drivers, innermost first.</summary>
    public IReadOnlyList<CallSite> Stack { get; init; } = [];

    /// <summary>The innermost site in a driver; null when the kernel itself acted.</summary>
    [JsonIgnore]
    public CallSite? Site => Stack.Count > 0 ? Stack[0] : null;
}
