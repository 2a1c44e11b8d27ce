using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Fluid;
using Fluid.Ast;
using Fluid.Ast.BinaryExpressions;
using Fluid.Values;

namespace Switchboard.Core.Notifications.Templates;

/// <summary>
/// Makes of what Fluid parsed what may be rendered: nothing nested so deep that a stack ends, no filter that is not there, and each place
/// where one statement could cost or make much replaced by one that charges for it.
/// </summary>
internal sealed class LiquidSyntax(TemplateOptions options) : AstRewriter
{
    /// <summary>How deep statements and expressions may be nested.</summary>
    public const int MaxDepth = 100;

    private int _depth;

    public override Statement Visit(Statement statement)
    {
        Enter();
        var rewritten = base.Visit(statement);
        _depth--;
        return rewritten;
    }

    public override Expression Visit(Expression expression)
    {
        Enter();
        var rewritten = base.Visit(expression);
        _depth--;
        return rewritten;
    }

    protected override Statement VisitOutputStatement(OutputStatement outputStatement) =>
        new OutputStatement(new Charged(Visit(outputStatement.Expression), isWritten: true));

    protected override Statement VisitCaptureStatement(CaptureStatement captureStatement)
    {
        TryRewriteStatements(captureStatement.Statements, out var statements);
        return new Capture(captureStatement.Identifier, statements);
    }

    protected override Statement VisitForStatement(ForStatement forStatement)
    {
        TryRewriteStatements(forStatement.Statements, out var statements);
        TryRewriteStatement(forStatement.Else, out var otherwise);
        var source = Visit(forStatement.Source);
        // by its form Fluid knows an offset: continue
        var offset = forStatement.OffsetIsContinue ? forStatement.Offset : ChargedOf(forStatement.Offset);
        return new Loop(
            source,
            new ForStatement(
                [.. statements], forStatement.Identifier, source, ChargedOf(forStatement.Limit), offset, forStatement.Reversed, otherwise));
    }

    protected override Statement VisitTableRowStatement(TableRowStatement tableRowStatement)
    {
        TryRewriteStatements(tableRowStatement.Statements, out var statements);
        var source = Visit(tableRowStatement.Source);
        return new Loop(
            source,
            new TableRowStatement(
                [.. statements], tableRowStatement.Identifier, source, ChargedOf(tableRowStatement.Limit),
                ChargedOf(tableRowStatement.Offset), ChargedOf(tableRowStatement.Cols)));
    }

    // the value is compared with each option
    protected override Statement VisitCaseStatement(CaseStatement caseStatement)
    {
        TryRewriteStatement(caseStatement.Else, out var otherwise);
        TryRewriteStatements(caseStatement.Whens, out var whens);
        var comparisons = caseStatement.Whens.Sum(when => when.Options.Count);
        return new CaseStatement(new Charged(Visit(caseStatement.Expression), comparisons), otherwise, [.. whens]);
    }

    protected override Statement VisitCycleStatement(CycleStatement cycleStatement) =>
        new CycleStatement(
            ChargedOf(cycleStatement.Group), [.. cycleStatement.Values.Select(value => new Charged(Visit(value), isWritten: true))]);

    protected override Expression VisitFilterExpression(FilterExpression filterExpression) =>
        options.Filters.TryGetValue(filterExpression.Name, out _)
            ? base.VisitFilterExpression(filterExpression)
            : throw new LiquidException($"There is no filter '{filterExpression.Name}'.")
            {
                Near = $@"\|\s*{Regex.Escape(filterExpression.Name)}\b",
            };

    protected override Expression VisitMemberExpression(MemberExpression memberExpression) =>
        memberExpression.Segments.Any(segment => segment is IndexerSegment)
            ? new MemberExpression([.. memberExpression.Segments.Select(segment =>
                segment is IndexerSegment indexer ? new IndexerSegment(new Charged(Visit(indexer.Expression))) : segment)])
            : memberExpression;

    protected override Expression VisitRangeExpression(RangeExpression rangeExpression)
    {
        if (rangeExpression is { From: LiteralExpression { Value: NumberValue from }, To: LiteralExpression { Value: NumberValue to } })
            Range.CheckLength(from.ToNumberValue(), to.ToNumberValue());
        return new Range(new Charged(Visit(rangeExpression.From)), new Charged(Visit(rangeExpression.To)));
    }

    protected override Expression VisitContainsBinaryExpression(ContainsBinaryExpression containsBinaryExpression) =>
        new ContainsBinaryExpression(
            new Charged(Visit(containsBinaryExpression.Left), LiquidFilters.SearchCost),
            new Charged(Visit(containsBinaryExpression.Right), isSearched: true));

    protected override Expression VisitStartsWithBinaryExpression(StartsWithBinaryExpression startsWithBinaryExpression) =>
        new StartsWithBinaryExpression(ChargedOf(startsWithBinaryExpression.Left), ChargedOf(startsWithBinaryExpression.Right));

    protected override Expression VisitEndsWithBinaryExpression(EndsWithBinaryExpression endsWithBinaryExpression) =>
        new EndsWithBinaryExpression(ChargedOf(endsWithBinaryExpression.Left), ChargedOf(endsWithBinaryExpression.Right));

    protected override Expression VisitEqualBinaryExpression(EqualBinaryExpression equalBinaryExpression) =>
        new EqualBinaryExpression(ChargedOf(equalBinaryExpression.Left), ChargedOf(equalBinaryExpression.Right));

    protected override Expression VisitNotEqualBinaryExpression(NotEqualBinaryExpression notEqualBinaryExpression) =>
        new NotEqualBinaryExpression(ChargedOf(notEqualBinaryExpression.Left), ChargedOf(notEqualBinaryExpression.Right));

    protected override Expression VisitGreaterThanBinaryExpression(GreaterThanBinaryExpression greaterThanBinaryExpression) =>
        new GreaterThanBinaryExpression(
            ChargedOf(greaterThanBinaryExpression.Left), ChargedOf(greaterThanBinaryExpression.Right), greaterThanBinaryExpression.Strict);

    protected override Expression VisitLowerThanBinaryExpression(LowerThanBinaryExpression lowerThanBinaryExpression) =>
        new LowerThanBinaryExpression(
            ChargedOf(lowerThanBinaryExpression.Left), ChargedOf(lowerThanBinaryExpression.Right), lowerThanBinaryExpression.Strict);

    private void Enter()
    {
        if (++_depth > MaxDepth)
            throw new LiquidException($"It is nested deeper than {MaxDepth} levels; each filter or condition of a chain is one.");
    }

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(expression))]
    private Charged? ChargedOf(Expression? expression) => expression is null ? null : new Charged(Visit(expression));

    // an expression whose value is read
    private sealed class Charged(Expression expression, int factor = 1, bool isWritten = false, bool isSearched = false) : Expression
    {
        public override ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
        {
            var task = expression.EvaluateAsync(context);
            return task.IsCompletedSuccessfully ? new(Charge(task.Result, context)) : Awaited(task, context);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private async ValueTask<FluidValue> Awaited(ValueTask<FluidValue> task, TemplateContext context) => Charge(await task, context);

        private FluidValue Charge(FluidValue value, TemplateContext context)
        {
            var size = ((LiquidContext)context).ChargeRead(value, factor);
            if (isSearched && size > LiquidFilters.MaxSearched + LiquidContext.EntrySize)
                throw new LiquidException($"What is searched for has at most {LiquidFilters.MaxSearched} characters.");
            // Fluid writes the entries of an array without encoding them
            return isWritten && value is ArrayValue ? new StringValue(value.ToStringValue()) : value;
        }
    }

    private sealed class Range(Expression from, Expression to) : Expression
    {
        public static void CheckLength(decimal from, decimal to)
        {
            if (to - from >= LiquidContext.MaxRange)
                throw new LiquidException($"A range has at most {LiquidContext.MaxRange} numbers.") { Near = $@"\.\.\s*{to:0}\b" };
        }

        public override async ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
        {
            var first = (await from.EvaluateAsync(context)).ToNumberValue();
            var last = (await to.EvaluateAsync(context)).ToNumberValue();
            CheckLength(first, last);
            var start = Convert.ToInt32(first);
            var numbers = new FluidValue[Math.Max(0, Convert.ToInt32(last) - start + 1)];
            ((LiquidContext)context).Charge((long)LiquidContext.EntrySize * numbers.Length);
            for (var i = 0; i < numbers.Length; i++)
                numbers[i] = NumberValue.Create(start + i);
            return new ArrayValue(numbers);
        }
    }

    // Fluid copies what it goes through
    private sealed class Loop(Expression source, Statement loop) : Statement
    {
        public override async ValueTask<Completion> WriteToAsync(TextWriter writer, TextEncoder encoder, TemplateContext context)
        {
            context.IncrementSteps();
            if (source is not Range && await source.EvaluateAsync(context) is ArrayValue array)
                ((LiquidContext)context).Charge(array.Values.Count);
            return await loop.WriteToAsync(writer, encoder, context);
        }
    }

    private sealed class Capture(string name, IReadOnlyList<Statement> statements) : Statement
    {
        public override async ValueTask<Completion> WriteToAsync(TextWriter writer, TextEncoder encoder, TemplateContext context)
        {
            context.IncrementSteps();
            using var captured = ((LiquidContext)context).NewWriter();
            var completion = await statements.RenderStatementsAsync(captured, encoder, context);
            context.SetValue(name, new StringValue(captured.ToString(), encode: false));
            return completion;
        }
    }
}
