using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.Messages;

/// <summary>Keeps the numbers that nothing may be sent to. They are asked by Workers.Dispatch before each send.</summary>
internal sealed class OptOuts(NpgsqlDataSource database, TimeProvider clock)
{
    private const string AddSql =
        """
        INSERT INTO sms_opt_outs AS o (phone_number, opted_out_at, reason) VALUES ($1, $2, $3)
        ON CONFLICT (phone_number) DO NOTHING
        """;

    private const string RemoveSql = "DELETE FROM sms_opt_outs WHERE phone_number = $1";

    /// <summary>Does what the text asks; the same twice changes nothing.</summary>
    public Task ApplyAsync(OptOutWish wish, string number, CancellationToken cancellation) => wish switch
    {
        OptOutWish.Stop => AddAsync(number, "stop", cancellation),
        OptOutWish.Start => database.Command(RemoveSql, number).RunAsync(cancellation),
        _ => Task.CompletedTask,
    };

    /// <summary>The provider refused to send to this number for it (error 21610).</summary>
    public Task AddRefusedAsync(string number, CancellationToken cancellation) => AddAsync(number, "21610", cancellation);

    private Task<int> AddAsync(string number, string reason, CancellationToken cancellation) =>
        database.Command(AddSql, number, clock.GetUtcNow(), reason).RunAsync(cancellation);
}
