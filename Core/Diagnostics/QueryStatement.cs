using Npgsql;

namespace Switchboard.Core.Diagnostics;

/// <summary>A statement with its parameters, taken before it ran: who runs a command may dispose it.</summary>
internal sealed class QueryStatement(NpgsqlCommand command)
{
    private readonly string _sql = command.CommandText;
    private readonly NpgsqlParameter[] _parameters = [.. command.Parameters.Cast<NpgsqlParameter>()];

    /// <summary>The command that asks for its plan.</summary>
    public NpgsqlCommand Explain(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        var explain = new NpgsqlCommand($"EXPLAIN {_sql}", connection, transaction);
        foreach (var parameter in _parameters)
            explain.Parameters.Add(parameter.Clone());
        return explain;
    }
}
