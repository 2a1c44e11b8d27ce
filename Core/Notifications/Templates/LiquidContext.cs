using System.Text;
using Fluid;
using Fluid.Values;

namespace Switchboard.Core.Notifications.Templates;

/// <summary>Why a source in Liquid cannot be compiled or rendered, for who wrote it.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="line">In which line, from 1; 0 where that is not known.</param>
/// <param name="column">In which column of it, from 1.</param>
internal sealed class LiquidException(string message, int line = 0, int column = 0) : Exception(message)
{
    public int Line { get; } = line;

    public int Column { get; } = column;

    /// <summary>What the place looks like where its line is not known: a regular expression.</summary>
    public string? Near { get; init; }
}

/// <summary>What one message may use up over all its sources. It is counted, not timed: what ends here ends on every machine.</summary>
internal sealed class LiquidBudget
{
    /// <summary>How much work there is: about one for a character that is read, several for one that is compared or kept.</summary>
    public const long MaxWork = 10_000_000;

    /// <summary>How much was used up.</summary>
    public long Used { get; private set; }

    /// <summary>Uses some of it up.</summary>
    /// <exception cref="LiquidException">There was not so much left.</exception>
    public void Charge(long work)
    {
        Used += work;
        if (work < 0 || Used > MaxWork)
            throw new LiquidException("The template takes too much work for one message.");
    }
}

/// <summary>
/// What a source is rendered with. Fluid counts statements and passes of loops; what one of them costs, and how large a value gets, is
/// counted here.
/// </summary>
internal sealed class LiquidContext : TemplateContext
{
    /// <summary>How many statements and passes of loops a source may take.</summary>
    public const int StepLimit = 50_000;

    /// <summary>How long a value may be: characters of texts, and <see cref="EntrySize"/> for each entry of an array.</summary>
    public const int MaxValue = 262_144;

    /// <summary>How many characters a source may make.</summary>
    public const int MaxOutput = 500_000;

    /// <summary>How many numbers a range may have.</summary>
    public const int MaxRange = 10_000;

    /// <summary>What an entry of an array counts as, beside what is in it.</summary>
    public const int EntrySize = 8;

    // what a character costs that is kept, beside the work of making it
    private const int KeptCost = 4;
    private const int MaxDepth = 64;
    private const int MaxUndefined = 20;

    private readonly LiquidBudget _budget;

    public LiquidContext(
        TemplateOptions options, LiquidBudget budget, IEnumerable<KeyValuePair<string, FluidValue>> values, TimeZoneInfo timeZone,
        DateTimeOffset now, List<string> undefined)
        : base(options)
    {
        _budget = budget;
        MaxSteps = StepLimit;
        TimeZone = timeZone;
        var local = TimeZoneInfo.ConvertTime(now, timeZone);
        Now = () => local;
        Undefined = name =>
        {
            if (undefined.Count < MaxUndefined && !undefined.Contains(name))
                undefined.Add(name);
            return NilValue.Instance;
        };
        foreach (var (name, value) in values)
            SetValue(name, value);
    }

    /// <summary>Whether it ended for its statements.</summary>
    public bool IsOutOfSteps => _steps > MaxSteps;

    /// <inheritdoc cref="LiquidBudget.Charge"/>
    public void Charge(long work) => _budget.Charge(work);

    /// <summary>Charges for a value that is read: compared, searched or written.</summary>
    /// <param name="value">The value.</param>
    /// <param name="factor">How much is done with each character of it.</param>
    /// <returns>Its size.</returns>
    public long ChargeRead(FluidValue value, int factor = 1)
    {
        var size = SizeOf(value);
        Charge(EntrySize + (size * factor));
        return size;
    }

    /// <summary>Charges for a value that was made and is kept.</summary>
    public FluidValue Kept(FluidValue value)
    {
        Charge(SizeOf(value) * KeptCost);
        return value;
    }

    /// <summary>Refuses what would get larger than a value may be, before it is made.</summary>
    public static void EnsureFits(long size)
    {
        if (size > MaxValue)
            throw new LiquidException($"A value of the template gets larger than {MaxValue} characters.");
    }

    /// <summary>How large a value is, with all that is in it.</summary>
    public long SizeOf(FluidValue value)
    {
        var size = 0L;
        Add(value, 0);
        return size;

        void Add(FluidValue one, int depth)
        {
            size += EntrySize + (one is StringValue text ? text.ToStringValue().Length : 0);
            EnsureFits(size);
            if (one is not (ArrayValue or DictionaryValue))
                return;
            if (depth == MaxDepth)
                throw new LiquidException("A value of the template is nested too deeply.");
            foreach (var entry in one is ArrayValue array ? array.Values : one.Enumerate(this))
                Add(entry, depth + 1);
        }
    }

    /// <summary>Where a source, or a part of it that is captured, is written to.</summary>
    public StringWriter NewWriter() => new BoundedWriter(this);

    // what of StringWriter Fluid calls comes to these
    private sealed class BoundedWriter(LiquidContext context) : StringWriter(new StringBuilder(256))
    {
        public override void Write(char value)
        {
            Charge(1);
            base.Write(value);
        }

        public override void Write(string? value)
        {
            Charge(value?.Length ?? 0);
            base.Write(value);
        }

        public override void Write(char[] buffer, int index, int count)
        {
            Charge(count);
            base.Write(buffer, index, count);
        }

        public override void Write(ReadOnlySpan<char> buffer)
        {
            Charge(buffer.Length);
            base.Write(buffer);
        }

        private void Charge(int length)
        {
            context.Charge((long)length * KeptCost);
            if (GetStringBuilder().Length + (long)length > MaxOutput)
                throw new LiquidException($"The template makes more than {MaxOutput} characters.");
        }
    }
}
