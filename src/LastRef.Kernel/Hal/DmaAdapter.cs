using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>A DMA adapter that a driver was given: its channel and who waits for it.</summary>
/// <param name="MapRegisters">The most map registers that one request may have.</param>
internal sealed record DmaAdapter(VirtualAddress Address, uint MapRegisters)
{
    /// <summary>Whether a request has the channel.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Requests that wait for the channel, first come first.</summary>
    public Queue<(DeviceObject Device, uint MapRegisters, VirtualAddress Routine, VirtualAddress Context)> Waiting { get; } = new();

    /// <summary>What a driver gets as the base of its map registers; it hands it back and looks at nothing in it.</summary>
    public VirtualAddress MapRegisterBase => Address + 0x10;
}
