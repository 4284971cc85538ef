namespace LastRef.Nt;

/// <summary>Minor function codes of IRP_MJ_POWER (IRP_MN_*).</summary>
/// <remarks>Fact: wdm.h.</remarks>
public enum PowerMinor : byte
{
    WaitWake = 0,
    PowerSequence = 1,
    SetPower = 2,
    QueryPower = 3,
}
