using Fluid;
using Fluid.Filters;
using Fluid.Values;

namespace Switchboard.Core.Notifications.Templates;

/// <summary>
/// The filters that templates have: those of Liquid and a few of Fluid's, each charged for what it reads and makes. What could make much of
/// little is foreseen before it is made. Not there: <c>format_string</c>, whose widths nothing bounds.
/// </summary>
internal static class LiquidFilters
{
    /// <summary>How long a text may be that is searched for: the search itself may cost the product of both.</summary>
    public const int MaxSearched = 1_000;

    /// <summary>How much a search or a sort does with each character.</summary>
    public const int SearchCost = 16;

    private const int MaxFormat = 100;

    /// <summary>Leaves these filters in the options, and no others.</summary>
    public static void AddTo(TemplateOptions options)
    {
        options.Filters.Clear();

        // they look at no more than an entry
        foreach (var (name, filter) in new (string, FilterDelegate)[]
                 {
                     ("size", ArrayFilters.Size), ("first", ArrayFilters.First), ("last", ArrayFilters.Last),
                     ("default", MiscFilters.Default),
                 })
            options.Filters.AddFilter(name, Fixed(filter));

        foreach (var (name, filter) in new (string, FilterDelegate)[]
                 {
                     ("append", StringFilters.Append), ("capitalize", StringFilters.Capitalize), ("downcase", StringFilters.Downcase),
                     ("lstrip", StringFilters.LStrip), ("newline_to_br", StringFilters.NewLineToBr), ("prepend", StringFilters.Prepend),
                     ("rstrip", StringFilters.RStrip), ("slice", StringFilters.Slice), ("strip", StringFilters.Strip),
                     ("strip_newlines", StringFilters.StripNewLines), ("truncate", StringFilters.Truncate),
                     ("truncatewords", StringFilters.TruncateWords), ("upcase", StringFilters.Upcase),
                     ("compact", MiscFilters.Compact), ("concat", ArrayFilters.Concat), ("find", ArrayFilters.Find),
                     ("find_index", ArrayFilters.FindIndex), ("has", ArrayFilters.Has), ("map", ArrayFilters.Map),
                     ("reject", ArrayFilters.Reject), ("reverse", ArrayFilters.Reverse), ("sum", ArrayFilters.Sum),
                     ("uniq", ArrayFilters.Uniq), ("where", ArrayFilters.Where),
                     ("abs", NumberFilters.Abs), ("at_least", NumberFilters.AtLeast), ("at_most", NumberFilters.AtMost),
                     ("ceil", NumberFilters.Ceil), ("divided_by", NumberFilters.DividedBy), ("floor", NumberFilters.Floor),
                     ("minus", NumberFilters.Minus), ("modulo", NumberFilters.Modulo), ("plus", NumberFilters.Plus),
                     ("round", NumberFilters.Round), ("times", NumberFilters.Times),
                     ("base64_decode", MiscFilters.Base64Decode), ("base64_encode", MiscFilters.Base64Encode),
                     ("base64_url_safe_decode", MiscFilters.Base64UrlSafeDecode),
                     ("base64_url_safe_encode", MiscFilters.Base64UrlSafeEncode), ("escape", MiscFilters.Escape),
                     ("escape_once", MiscFilters.EscapeOnce), ("handleize", MiscFilters.Handleize), ("json", MiscFilters.Json),
                     ("md5", MiscFilters.MD5), ("raw", MiscFilters.Raw), ("sha1", MiscFilters.Sha1), ("sha256", MiscFilters.Sha256),
                     ("strip_html", MiscFilters.StripHtml), ("time_zone", MiscFilters.ChangeTimeZone),
                     ("url_decode", MiscFilters.UrlDecode), ("url_encode", MiscFilters.UrlEncode),
                 })
            options.Filters.AddFilter(name, Charged(filter));

        options.Filters.AddFilter("sort", Charged(ArrayFilters.Sort, SearchCost));
        options.Filters.AddFilter("sort_natural", Charged(ArrayFilters.SortNatural, SearchCost));

        foreach (var (name, filter) in new (string, FilterDelegate)[]
                 {
                     ("remove", StringFilters.Remove), ("remove_first", StringFilters.RemoveFirst),
                     ("remove_last", StringFilters.RemoveLast),
                     ("replace_first", StringFilters.ReplaceFirst), ("replace_last", StringFilters.ReplaceLast),
                 })
            options.Filters.AddFilter(name, Charged(filter, SearchCost, (_, arguments) => CheckSearched(arguments)));

        options.Filters.AddFilter("replace", Charged(StringFilters.Replace, SearchCost, FitsReplaced));
        options.Filters.AddFilter("split", Charged(StringFilters.Split, SearchCost, FitsSplit));
        options.Filters.AddFilter("join", Charged(ArrayFilters.Join, before: FitsJoined));
        options.Filters.AddFilter("date", Charged(MiscFilters.Date, before: CheckFormat));
        options.Filters.AddFilter("format_date", Charged(MiscFilters.FormatDate, before: CheckFormat));
        options.Filters.AddFilter("format_number", Charged(MiscFilters.FormatNumber, before: CheckFormat));
    }

    private static FilterDelegate Fixed(FilterDelegate filter) => (input, arguments, context) =>
    {
        ((LiquidContext)context).Charge(LiquidContext.EntrySize);
        return filter(input, arguments, context);
    };

    private static FilterDelegate Charged(FilterDelegate filter, int factor = 1, Action<FluidValue, FilterArguments>? before = null) =>
        async (input, arguments, context) =>
        {
            var liquid = (LiquidContext)context;
            liquid.ChargeRead(input, factor);
            for (var i = 0; i < arguments.Count; i++)
                liquid.ChargeRead(arguments.At(i));
            before?.Invoke(input, arguments);
            return liquid.Kept(await filter(input, arguments, context));
        };

    private static string CheckSearched(FilterArguments arguments)
    {
        var searched = arguments.At(0).ToStringValue();
        return searched.Length <= MaxSearched
            ? searched
            : throw new LiquidException($"A text that is searched for has at most {MaxSearched} characters.");
    }

    private static void FitsReplaced(FluidValue input, FilterArguments arguments)
    {
        var (text, searched) = (input.ToStringValue(), CheckSearched(arguments));
        if (searched.Length > 0)
            LiquidContext.EnsureFits(text.Length + ((long)text.AsSpan().Count(searched) * arguments.At(1).ToStringValue().Length));
    }

    private static void FitsSplit(FluidValue input, FilterArguments arguments)
    {
        var (text, searched) = (input.ToStringValue(), CheckSearched(arguments));
        var pieces = searched.Length == 0 ? text.Length : text.AsSpan().Count(searched);
        LiquidContext.EnsureFits(text.Length + ((long)LiquidContext.EntrySize * pieces));
    }

    private static void FitsJoined(FluidValue input, FilterArguments arguments)
    {
        if (input is ArrayValue array)
            LiquidContext.EnsureFits((long)array.Values.Count * arguments.At(0).ToStringValue().Length);
    }

    // a width in a format makes so many characters
    private static void CheckFormat(FluidValue input, FilterArguments arguments)
    {
        var format = arguments.At(0).ToStringValue();
        if (format.Length > MaxFormat)
            throw new LiquidException($"A format has at most {MaxFormat} characters.");
        var digits = 0;
        foreach (var letter in format)
        {
            digits = char.IsAsciiDigit(letter) ? digits + 1 : 0;
            if (digits > 2 && letter is not '0')
                throw new LiquidException("A width in a format has at most two digits.");
        }
    }
}
