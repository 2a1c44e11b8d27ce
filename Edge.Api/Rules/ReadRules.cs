using System.Text.Json;
using FluentValidation;
using Switchboard.Core.Email;

namespace Switchboard.Edge.Api.Rules;

/// <summary>Which rules to list.</summary>
internal sealed class ListRulesRequest : PageRequest
{
    /// <summary>Rules that name this address, number, domain or wildcard.</summary>
    [QueryParam]
    public string? Sender { get; set; }

    /// <summary>Rules that look for this word or phrase, or for its absence.</summary>
    [QueryParam]
    public string? Keyword { get; set; }

    /// <summary>Only those that are active, or that are not.</summary>
    [QueryParam]
    public bool? Active { get; set; }
}

internal sealed class ListRulesValidator : PageValidator<ListRulesRequest>
{
    public ListRulesValidator()
        : base(ListRules.Name)
    {
        RuleFor(request => request.Sender).NotEmpty().When(request => request.Sender is not null).Text(320);
        RuleFor(request => request.Keyword).NotEmpty().When(request => request.Keyword is not null).Text(200);
    }
}

/// <summary><c>GET /api/rules</c>: the user's rules, newest first.</summary>
internal sealed class ListRules(NpgsqlDataSource dataSource) : ListEndpoint<ListRulesRequest, RuleResponse>(Name)
{
    public const string Name = "rules";

    private static readonly string[] SenderLists = ["addresses", "domains", "wildcards"];

    private const string Sql =
        $$"""
        SELECT {{RuleResponse.Columns}}
        FROM rules
        WHERE user_id = $1
          AND ($2::boolean IS NULL OR active = $2)
          AND ($3::text[] IS NULL OR sender_rules @> ANY ($3::jsonb[]))
          AND ($4::jsonb IS NULL OR content_rules @> jsonb_build_object('anyOf', $4::jsonb)
               OR content_rules @> jsonb_build_object('allOf', $4::jsonb) OR content_rules @> jsonb_build_object('noneOf', $4::jsonb))
          AND ($5::timestamptz IS NULL OR (created_at, id) < ($5, $6::uuid))
        ORDER BY created_at DESC, id DESC
        LIMIT $7
        """;

    public override void Configure() => List("/api/rules", Scope.Rules, "Rules", "List rules, newest first");

    protected override Task<List<RuleResponse>> ReadAsync(
        ListRulesRequest request, Cursor? after, int take, CancellationToken cancellationToken) => dataSource
        .Command(
            Sql, HttpContext.Caller().UserId, request.Active, SenderJson(request.Sender), EntryJson(request.Keyword),
            after?.At, after?.Id, take)
        .ListAsync(RuleResponse.Read, cancellationToken);

    protected override Cursor CursorOf(RuleResponse item) => new(item.CreatedAt, item.Id);

    // a rule keeps an international domain as it was written, in Unicode or in punycode: either is found by either
    private static string[]? SenderJson(string? sender)
    {
        if (sender is null)
            return null;
        var canonical = sender.Contains('@', StringComparison.Ordinal)
            ? MailAddress.Canonical(sender)
            : MailAddress.CanonicalDomain(sender);
        return [.. new[] { Phrases.Normal(sender), canonical, MailAddress.ToUnicode(canonical) }.Distinct(StringComparer.Ordinal)
            .SelectMany(form => SenderLists, (form, list) =>
                JsonSerializer.Serialize(new Dictionary<string, string[]> { [list] = [form] }, JsonSerializerOptions.Web))];
    }

    private static string? EntryJson(string? entry) =>
        entry is null ? null : JsonSerializer.Serialize(new[] { Phrases.Normal(entry) }, JsonSerializerOptions.Web);
}

/// <summary><c>GET /api/rules/{id}</c>.</summary>
internal sealed class GetRule(NpgsqlDataSource dataSource)
    : GetByIdEndpoint<RuleResponse>("rule")
{
    private const string Sql = $"SELECT {RuleResponse.Columns} FROM rules WHERE id = $1 AND user_id = $2";

    public override void Configure() => Read("/api/rules/{id:guid}", Scope.Rules, "Rules", "Read a rule");

    protected override Task<RuleResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(Sql, id, userId).FirstAsync(RuleResponse.Read, cancellationToken);
}
