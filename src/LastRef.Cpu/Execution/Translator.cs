using System.Runtime.CompilerServices;
using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>Decodes guest code into blocks of micro-ops.</summary>
internal sealed unsafe partial class Translator
{
    public const int MaxInstructions = 48;
    private const int MaxLength = 15;

    private readonly GuestMemory _memory;
    private readonly BlockCache _blocks;
    private readonly PageReader _reader;
    private readonly Decoder _decoder;

    public Translator(GuestMemory memory, BlockCache blocks)
    {
        _memory = memory;
        _blocks = blocks;
        _reader = new PageReader();
        _decoder = Decoder.Create(64, _reader);
    }

    public CodeCoverage? Coverage { get; set; }

    public bool PlainOnly { get; set; }

    /// <summary>Decodes the block that starts at an address and enters it into the cache.</summary>
    /// <param name="limit">Most instructions; 1 gives a block for stepping that is not cached and valid until the next call.</param>
    /// <returns>Null when the first instruction cannot be fetched; then the out values describe the #PF.</returns>
    public Block* Translate(ulong rip, int limit, out uint errorCode, out ulong faultAddress)
    {
        byte* start = _blocks.Reserve(sizeof(Block) + ((MaxInstructions + 2) * sizeof(MicroOp)) + (MaxInstructions * sizeof(Instruction)));
        var block = (Block*)start;
        *block = new Block { Rip = rip, Frame0 = Block.NoFrame, Frame1 = Block.NoFrame, IsScratch = limit == 1 };
        MicroOp* op = Block.First(block);

        // Decoded instructions are kept behind the largest possible array of micro-ops while decoding, then moved down.
        var kept = (Instruction*)(op + MaxInstructions + 2);
        int keptCount = 0;
        ulong at = rip;
        bool ended = false;
        MicroOp* previous = null;
        while (!ended && block->Count < limit)
        {
            if (!Fetch(at, block, out Instruction instruction, out errorCode, out faultAddress))
            {
                if (block->Count == 0)
                    return null;
                break;
            }

            *op = new MicroOp
            {
                RipDelta = (ushort)(at - rip),
                Ordinal = (byte)block->Count,
                Length = (byte)instruction.Length,
            };
            block->Count++;
            at = instruction.NextIP;
            var link = new Link { FallthroughRip = at };
            Selection selection = PlainOnly ? Selection.None : Select(instruction, op, &link, previous);
            switch (selection)
            {
                case Selection.Fused:
                    // The comparison before it becomes the branch.
                    previous->Op = op->Op;
                    ended = true;
                    *(Link*)op = link;
                    break;
                case Selection.None:
                    ended = instruction.FlowControl != FlowControl.Next || instruction.Mnemonic == Mnemonic.Hlt
                        || instruction.HasRepPrefix || instruction.HasRepnePrefix;
                    op->Op = ended ? Op.GenericEnd : Op.Generic;
                    op->Imm = (ulong)keptCount;
                    kept[keptCount++] = instruction;
                    previous = op++;
                    break;
                case Selection.Nothing:
                    break;
                default:
                    ended = selection == Selection.End;
                    previous = op++;
                    if (ended)
                        *(Link*)op = link;
                    break;
            }

            if ((at & TlbEntry.PageMask) != (rip & TlbEntry.PageMask))
                break;
        }

        if (!ended)
        {
            *op = new MicroOp { Op = Op.Continue, RipDelta = (ushort)(at - rip), Ordinal = (byte)block->Count };
            op++;
        }

        block->MicroOps = (int)(op - Block.First(block));
        if (!ended)
            *(Link*)op = new Link { TakenRip = at };
        Finish(block, kept, keptCount, at, limit);
        errorCode = 0;
        faultAddress = 0;
        return block;
    }

    /// <summary>A block of one micro-op that calls the host.</summary>
    public Block* TranslateThunk(ulong rip, int thunk)
    {
        int bytes = sizeof(Block) + (2 * sizeof(MicroOp));
        var block = (Block*)_blocks.Reserve(bytes);
        *block = new Block { Rip = rip, Frame0 = Block.NoFrame, Frame1 = Block.NoFrame, Count = 1, MicroOps = 1 };
        *Block.First(block) = new MicroOp { Op = Op.Thunk, Imm = (ulong)thunk };
        *(Link*)(Block.First(block) + 1) = default;
        _blocks.Add(block, bytes);
        return block;
    }

    /// <summary>Decodes the one instruction at an address without any effect on the caches.</summary>
    public bool TryDecode(ulong rip, out Instruction instruction)
    {
        Block scratch = default;
        return Fetch(rip, &scratch, out instruction, out _, out _);
    }

    /// <summary>Length of the encoding that Iced could not decode is at least 1.</summary>
    private bool Fetch(ulong at, Block* block, out Instruction instruction, out uint errorCode, out ulong faultAddress)
    {
        faultAddress = at;
        byte* page = _memory.TranslateRead(at, PageAccess.Execute, out errorCode, out PageEntry* entry);
        if (page == null)
        {
            errorCode |= 0x10;
            instruction = default;
            return false;
        }

        int offset = (int)(at & 0xFFF);
        uint frame = entry->Frame;
        byte* bytes = page + offset;
        int length = Math.Min(MaxLength, GuestMemory.PageSize - offset);
        byte* joined = stackalloc byte[MaxLength];
        ulong nextPage = (at & TlbEntry.PageMask) + GuestMemory.PageSize;
        uint nextFrame = Block.NoFrame;
        uint nextError = 0;
        if (length < MaxLength)
        {
            Unsafe.CopyBlockUnaligned(joined, bytes, (uint)length);
            bytes = joined;
            byte* second = _memory.TranslateRead(nextPage, PageAccess.Execute, out nextError, out PageEntry* secondEntry);
            if (second != null)
            {
                Unsafe.CopyBlockUnaligned(joined + length, second, (uint)(MaxLength - length));
                nextFrame = secondEntry->Frame;
                length = MaxLength;
            }
            else
            {
                nextError |= 0x10;
            }
        }

        _reader.Set(bytes, length);
        _decoder.IP = at;
        _decoder.Decode(out instruction);
        if (_decoder.LastError == DecoderError.NoMoreBytes && length < MaxLength)
        {
            errorCode = nextError;
            faultAddress = nextPage;
            return false;
        }

        block->Frame0 = frame;
        bool crosses = offset + instruction.Length > GuestMemory.PageSize;
        if (crosses && nextFrame != Block.NoFrame && nextFrame != frame)
            block->Frame1 = nextFrame;
        return true;
    }

    private void Finish(Block* block, Instruction* kept, int keptCount, ulong end, int limit)
    {
        var target = (Instruction*)((Link*)(Block.First(block) + block->MicroOps) + 1);
        for (int i = 0; i < keptCount; i++)
            target[i] = kept[i];
        MicroOp* first = Block.First(block);
        for (int i = 0; i < block->MicroOps; i++)
        {
            if (first[i].Op is Op.Generic or Op.GenericEnd)
                first[i].Imm = (ulong)(target + (int)first[i].Imm);
        }

        int byteCount = (int)(end - block->Rip);
        Coverage?.Note(block->Rip, byteCount);
        if (limit == 1)
            return;
        int inFirst = Math.Min(byteCount, GuestMemory.PageSize - (int)(block->Rip & 0xFFF));
        _memory.MarkCode(block->Frame0, (int)(block->Rip & 0xFFF), inFirst);
        if (byteCount > inFirst)
            _memory.MarkCode(block->Frame1 == Block.NoFrame ? block->Frame0 : block->Frame1, 0, byteCount - inFirst);
        _blocks.Add(block, (int)((byte*)(target + keptCount) - (byte*)block));
    }

    private sealed class PageReader : CodeReader
    {
        private byte* _at;
        private byte* _end;

        public void Set(byte* bytes, int count)
        {
            _at = bytes;
            _end = bytes + count;
        }

        public override int ReadByte() => _at < _end ? *_at++ : -1;
    }
}
