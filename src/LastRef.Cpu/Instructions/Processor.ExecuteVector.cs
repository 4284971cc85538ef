using Iced.Intel;

namespace LastRef.Cpu;

public sealed unsafe partial class Processor
{
    /// <summary>MMX, SSE to SSE4.2, AES, carry-less multiplication, x87 and the state instructions.</summary>
    /// <returns>False for an instruction that is not implemented.</returns>
    private bool ExecuteVector(in Instruction i)
    {
        if (Mmx.IsOne(i))
            return Mmx.Execute(this, i);
        switch (i.Mnemonic)
        {
            case Mnemonic.Movaps or Mnemonic.Movapd or Mnemonic.Movdqa or Mnemonic.Movntps or Mnemonic.Movntpd or Mnemonic.Movntdq or Mnemonic.Movntdqa:
                SseMoves.Whole(this, i);
                break;
            case Mnemonic.Movups or Mnemonic.Movupd or Mnemonic.Movdqu or Mnemonic.Lddqu: SseMoves.Unaligned(this, i); break;
            case Mnemonic.Movss: SseMoves.Scalar(this, i, 4); break;
            case Mnemonic.Movsd: SseMoves.Scalar(this, i, 8); break;
            case Mnemonic.Movd or Mnemonic.Movq: SseMoves.General(this, i); break;
            case Mnemonic.Movhps or Mnemonic.Movhpd: SseMoves.HighOrLow(this, i, 1); break;
            case Mnemonic.Movlps or Mnemonic.Movlpd: SseMoves.HighOrLow(this, i, 0); break;
            case Mnemonic.Movhlps: SseMoves.Movhlps(this, i); break;
            case Mnemonic.Movlhps: SseMoves.Movlhps(this, i); break;
            case Mnemonic.Movddup or Mnemonic.Movsldup or Mnemonic.Movshdup: SseMoves.Duplicate(this, i); break;
            case Mnemonic.Movmskps or Mnemonic.Movmskpd or Mnemonic.Pmovmskb: SseMoves.MoveMask(this, i); break;
            case Mnemonic.Maskmovdqu: SseMoves.MaskedStore(this, i); break;
            case Mnemonic.Pextrb or Mnemonic.Pextrw or Mnemonic.Pextrd or Mnemonic.Pextrq or Mnemonic.Extractps: SseMoves.Extract(this, i); break;
            case Mnemonic.Pinsrb or Mnemonic.Pinsrw or Mnemonic.Pinsrd or Mnemonic.Pinsrq: SseMoves.Insert(this, i); break;
            case Mnemonic.Insertps: SseMoves.Insertps(this, i); break;
            case Mnemonic.Pmovsxbw or Mnemonic.Pmovsxbd or Mnemonic.Pmovsxbq or Mnemonic.Pmovsxwd or Mnemonic.Pmovsxwq or Mnemonic.Pmovsxdq
                or Mnemonic.Pmovzxbw or Mnemonic.Pmovzxbd or Mnemonic.Pmovzxbq or Mnemonic.Pmovzxwd or Mnemonic.Pmovzxwq or Mnemonic.Pmovzxdq:
                SseMoves.Widen(this, i);
                break;

            case Mnemonic.Psllw or Mnemonic.Pslld or Mnemonic.Psllq or Mnemonic.Psrlw or Mnemonic.Psrld or Mnemonic.Psrlq or Mnemonic.Psraw
                or Mnemonic.Psrad or Mnemonic.Pslldq or Mnemonic.Psrldq:
                SseShuffles.Shift(this, i);
                break;
            case Mnemonic.Pshufd or Mnemonic.Pshuflw or Mnemonic.Pshufhw or Mnemonic.Shufps or Mnemonic.Shufpd or Mnemonic.Palignr or Mnemonic.Pblendw
                or Mnemonic.Blendps or Mnemonic.Blendpd or Mnemonic.Mpsadbw or Mnemonic.Pclmulqdq or Mnemonic.Aeskeygenassist:
                SseShuffles.Shuffle(this, i);
                break;
            case Mnemonic.Pblendvb or Mnemonic.Blendvps or Mnemonic.Blendvpd: SseShuffles.BlendVariable(this, i); break;
            case Mnemonic.Ptest: SseShuffles.Ptest(this, i); break;

            case Mnemonic.Addps: SseFloat.Arithmetic(this, i, FloatOperation.Add, FloatForm.PackedSingle); break;
            case Mnemonic.Addpd: SseFloat.Arithmetic(this, i, FloatOperation.Add, FloatForm.PackedDouble); break;
            case Mnemonic.Addss: SseFloat.Arithmetic(this, i, FloatOperation.Add, FloatForm.Single); break;
            case Mnemonic.Addsd: SseFloat.Arithmetic(this, i, FloatOperation.Add, FloatForm.Double); break;
            case Mnemonic.Subps: SseFloat.Arithmetic(this, i, FloatOperation.Subtract, FloatForm.PackedSingle); break;
            case Mnemonic.Subpd: SseFloat.Arithmetic(this, i, FloatOperation.Subtract, FloatForm.PackedDouble); break;
            case Mnemonic.Subss: SseFloat.Arithmetic(this, i, FloatOperation.Subtract, FloatForm.Single); break;
            case Mnemonic.Subsd: SseFloat.Arithmetic(this, i, FloatOperation.Subtract, FloatForm.Double); break;
            case Mnemonic.Mulps: SseFloat.Arithmetic(this, i, FloatOperation.Multiply, FloatForm.PackedSingle); break;
            case Mnemonic.Mulpd: SseFloat.Arithmetic(this, i, FloatOperation.Multiply, FloatForm.PackedDouble); break;
            case Mnemonic.Mulss: SseFloat.Arithmetic(this, i, FloatOperation.Multiply, FloatForm.Single); break;
            case Mnemonic.Mulsd: SseFloat.Arithmetic(this, i, FloatOperation.Multiply, FloatForm.Double); break;
            case Mnemonic.Divps: SseFloat.Arithmetic(this, i, FloatOperation.Divide, FloatForm.PackedSingle); break;
            case Mnemonic.Divpd: SseFloat.Arithmetic(this, i, FloatOperation.Divide, FloatForm.PackedDouble); break;
            case Mnemonic.Divss: SseFloat.Arithmetic(this, i, FloatOperation.Divide, FloatForm.Single); break;
            case Mnemonic.Divsd: SseFloat.Arithmetic(this, i, FloatOperation.Divide, FloatForm.Double); break;
            case Mnemonic.Minps: SseFloat.Arithmetic(this, i, FloatOperation.Minimum, FloatForm.PackedSingle); break;
            case Mnemonic.Minpd: SseFloat.Arithmetic(this, i, FloatOperation.Minimum, FloatForm.PackedDouble); break;
            case Mnemonic.Minss: SseFloat.Arithmetic(this, i, FloatOperation.Minimum, FloatForm.Single); break;
            case Mnemonic.Minsd: SseFloat.Arithmetic(this, i, FloatOperation.Minimum, FloatForm.Double); break;
            case Mnemonic.Maxps: SseFloat.Arithmetic(this, i, FloatOperation.Maximum, FloatForm.PackedSingle); break;
            case Mnemonic.Maxpd: SseFloat.Arithmetic(this, i, FloatOperation.Maximum, FloatForm.PackedDouble); break;
            case Mnemonic.Maxss: SseFloat.Arithmetic(this, i, FloatOperation.Maximum, FloatForm.Single); break;
            case Mnemonic.Maxsd: SseFloat.Arithmetic(this, i, FloatOperation.Maximum, FloatForm.Double); break;
            case Mnemonic.Sqrtps: SseFloat.Arithmetic(this, i, FloatOperation.SquareRoot, FloatForm.PackedSingle); break;
            case Mnemonic.Sqrtpd: SseFloat.Arithmetic(this, i, FloatOperation.SquareRoot, FloatForm.PackedDouble); break;
            case Mnemonic.Sqrtss: SseFloat.Arithmetic(this, i, FloatOperation.SquareRoot, FloatForm.Single); break;
            case Mnemonic.Sqrtsd: SseFloat.Arithmetic(this, i, FloatOperation.SquareRoot, FloatForm.Double); break;
            case Mnemonic.Cmpps: SseFloat.Compare(this, i, FloatForm.PackedSingle); break;
            case Mnemonic.Cmppd: SseFloat.Compare(this, i, FloatForm.PackedDouble); break;
            case Mnemonic.Cmpss: SseFloat.Compare(this, i, FloatForm.Single); break;
            case Mnemonic.Cmpsd: SseFloat.Compare(this, i, FloatForm.Double); break;
            case Mnemonic.Comiss or Mnemonic.Ucomiss: SseFloat.CompareScalar(this, i, isSingle: true); break;
            case Mnemonic.Comisd or Mnemonic.Ucomisd: SseFloat.CompareScalar(this, i, isSingle: false); break;
            case Mnemonic.Roundps: SseFloat.Round(this, i, FloatForm.PackedSingle); break;
            case Mnemonic.Roundpd: SseFloat.Round(this, i, FloatForm.PackedDouble); break;
            case Mnemonic.Roundss: SseFloat.Round(this, i, FloatForm.Single); break;
            case Mnemonic.Roundsd: SseFloat.Round(this, i, FloatForm.Double); break;
            case Mnemonic.Haddps or Mnemonic.Haddpd or Mnemonic.Hsubps or Mnemonic.Hsubpd or Mnemonic.Addsubps or Mnemonic.Addsubpd:
                SseFloat.Horizontal(this, i);
                break;
            case Mnemonic.Dpps or Mnemonic.Dppd: SseFloat.DotProduct(this, i); break;

            case Mnemonic.Cvtsi2ss or Mnemonic.Cvtsi2sd or Mnemonic.Cvtss2si or Mnemonic.Cvtsd2si or Mnemonic.Cvttss2si or Mnemonic.Cvttsd2si
                or Mnemonic.Cvtss2sd or Mnemonic.Cvtsd2ss or Mnemonic.Cvtps2pd or Mnemonic.Cvtpd2ps or Mnemonic.Cvtdq2ps or Mnemonic.Cvtdq2pd
                or Mnemonic.Cvtps2dq or Mnemonic.Cvttps2dq or Mnemonic.Cvtpd2dq or Mnemonic.Cvttpd2dq:
                SseConvert.Execute(this, i);
                break;

            case Mnemonic.Pcmpestri or Mnemonic.Pcmpestri64 or Mnemonic.Pcmpestrm or Mnemonic.Pcmpestrm64 or Mnemonic.Pcmpistri or Mnemonic.Pcmpistrm:
                SseStrings.Execute(this, i);
                break;

            case Mnemonic.Fninit: FpuState.Init(this, i); break;
            case Mnemonic.Fnclex: FpuState.ClearExceptions(this, i); break;
            case Mnemonic.Fldcw: FpuState.LoadControl(this, i); break;
            case Mnemonic.Fnstcw: FpuState.StoreControl(this, i); break;
            case Mnemonic.Fnstsw: FpuState.StoreStatus(this, i); break;
            case Mnemonic.Wait:
                if (X87.IsExceptionPending(this))
                    Unsupported();
                break;
            case Mnemonic.Fxsave or Mnemonic.Fxsave64: FpuState.Save(this, i); break;
            case Mnemonic.Fxrstor or Mnemonic.Fxrstor64: FpuState.Restore(this, i); break;
            case Mnemonic.Xsave or Mnemonic.Xsave64 or Mnemonic.Xsaveopt or Mnemonic.Xsaveopt64: ExtendedState.Save(this, i, compact: false); break;
            case Mnemonic.Xsavec or Mnemonic.Xsavec64 or Mnemonic.Xsaves or Mnemonic.Xsaves64: ExtendedState.Save(this, i, compact: true); break;
            case Mnemonic.Xrstor or Mnemonic.Xrstor64: ExtendedState.Restore(this, i, onlyCompact: false); break;
            case Mnemonic.Xrstors or Mnemonic.Xrstors64: ExtendedState.Restore(this, i, onlyCompact: true); break;
            case Mnemonic.Ldmxcsr: FpuState.Ldmxcsr(this, i); break;
            case Mnemonic.Stmxcsr: FpuState.Stmxcsr(this, i); break;

            default:
                return SseInteger.Execute(this, i) || X87.Execute(this, i);
        }

        return true;
    }
}
