using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What a device on the lab's bus answers beside what every PDO answers.</summary>
internal interface IBusDevice
{
    /// <summary>Answers a request to the PDO.</summary>
    /// <returns>What the dispatch routine returns, once the request is completed or kept; null when the bus's own answer stands.</returns>
    GuestTask<NtStatus?> Handle(Irp irp, IoStackLocation location);

    /// <summary>The device was pulled out: what it keeps fails.</summary>
    void Unplugged();
}
