using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Fluid;
using Fluid.Parser;

namespace Switchboard.Core.Notifications.Templates;

/// <summary>A source in Liquid, compiled once and rendered often, within the bounds of <see cref="LiquidContext"/>.</summary>
internal sealed partial class LiquidTemplate
{
    // of legible characters only those that mean something in HTML are encoded
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);

    private static readonly TemplateOptions Sandbox = NewOptions();
    private static readonly FluidParser Parser = NewParser();

    private readonly IFluidTemplate _template;

    private LiquidTemplate(IFluidTemplate template) => _template = template;

    /// <summary>What the contexts of its renderings are made with.</summary>
    public TemplateOptions Options => Sandbox;

    /// <summary>Compiles a source.</summary>
    /// <exception cref="LiquidException">It is not right.</exception>
    public static LiquidTemplate Compile(string source)
    {
        var guard = new ParseGuard(source);
        try
        {
            var isParsed = Parser.Grammar.TryParse(guard, out var statements, out var error);
            if (error is not null)
                throw new LiquidException(error.Message ?? "This is not Liquid.", error.Position.Line, error.Position.Column);
            var end = guard.Scanner.Cursor;
            if (!isParsed || !end.Eof)
                throw new LiquidException("This is not Liquid.", end.Position.Line, end.Position.Column);
            return new(new LiquidSyntax(Sandbox).VisitTemplate(new FluidTemplate(statements)));
        }
        catch (ParseException exception)
        {
            throw Positioned(exception.Message, guard);
        }
        catch (InsufficientExecutionStackException)
        {
            throw Positioned("It is nested too deeply.", guard);
        }
        // of what was parsed Fluid keeps no positions
        catch (LiquidException exception) when (exception.Line == 0)
        {
            throw At(source, exception.Near is { } near ? Regex.Match(source, near).Index : 0, exception.Message);
        }
    }

    /// <summary>Renders it.</summary>
    /// <param name="context">What with.</param>
    /// <param name="isHtml">Whether what is filled in is encoded for HTML.</param>
    /// <exception cref="LiquidException">It cannot be rendered with these values, or takes or makes too much.</exception>
    public string Render(LiquidContext context, bool isHtml)
    {
        using var writer = context.NewWriter();
        try
        {
            var task = _template.RenderAsync(writer, isHtml ? Html : NullEncoder.Default, context);
            // it waits for nothing
            task.AsTask().GetAwaiter().GetResult();
            return writer.ToString();
        }
        // whatever a filter throws at values that it cannot take is the template's
        catch (Exception exception) when (exception is not LiquidException and not OutOfMemoryException)
        {
            throw new LiquidException(context.IsOutOfSteps
                ? $"The template takes more than {LiquidContext.StepLimit} steps."
                : exception.Message);
        }
    }

    private static TemplateOptions NewOptions()
    {
        var options = new TemplateOptions
        {
            StrictFilters = true,
            MaxRecursion = LiquidSyntax.MaxDepth,
            MaxSteps = LiquidContext.StepLimit,
            CultureInfo = CultureInfo.InvariantCulture,
            TimeZone = TimeZoneInfo.Utc,
            ModelNamesComparer = StringComparer.Ordinal,
        };
        LiquidFilters.AddTo(options);
        return options;
    }

    // without what reads files or keeps what it writes by itself
    private static FluidParser NewParser()
    {
        var parser = new FluidParser(new FluidParserOptions());
        foreach (var tag in (ReadOnlySpan<string>)["include", "render", "ifchanged", "liquid"])
            parser.RegisteredTags.Remove(tag);
        return parser;
    }

    private static LiquidException Positioned(string message, ParseGuard guard)
    {
        var (line, column) = (guard.Scanner.Cursor.Position.Line, guard.Scanner.Cursor.Position.Column);
        var stated = StatedPosition().Match(message);
        return stated.Success
            ? new(message[..stated.Index] + ".", NumberOf(stated.Groups[1]), NumberOf(stated.Groups[2]))
            : new(message, line, column);

        static int NumberOf(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);
    }

    private static LiquidException At(string source, int offset, string message)
    {
        var before = source.AsSpan(0, offset);
        return new(message, before.Count('\n') + 1, offset - before.LastIndexOf('\n'));
    }

    [GeneratedRegex(@" at \(([0-9]+):([0-9]+)\)\z", RegexOptions.CultureInvariant)]
    private static partial Regex StatedPosition();

    // Fluid's parser descends as deep as a source is nested, and tries some forms one after the other
    private sealed class ParseGuard : FluidParseContext
    {
        private const int CallsPerCharacter = 200;
        private const int MinCalls = 50_000;

        private long _left;

        public ParseGuard(string source)
            : base(source)
        {
            _left = MinCalls + ((long)source.Length * CallsPerCharacter);
            OnEnterParser = (_, _) =>
            {
                RuntimeHelpers.EnsureSufficientExecutionStack();
                if (--_left < 0)
                    throw new LiquidException("It takes too long to read.", Scanner.Cursor.Position.Line, Scanner.Cursor.Position.Column);
            };
        }
    }
}
