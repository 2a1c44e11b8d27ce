using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Terminal;

/// <summary>What a person or a script may type: <c>start|stop|restart NAME</c>, <c>resource NAME COMMAND</c>, <c>status</c>, <c>help</c>.</summary>
internal sealed class CommandInterpreter(ResourceCommandService commands, ResourceNotificationService notifications, DistributedApplicationModel model)
{
    private const string Help = """
        status                         what runs where
        start|stop|restart RESOURCE    all replicas of a resource, or one of them
        help                           this list
        Ctrl-C                         stop everything
        """;

    public async Task<(bool Succeeded, string Answer)> ExecuteAsync(string line, CancellationToken cancellationToken)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words switch
        {
            ["help"] => (true, Help),
            ["status"] => (true, StatusTable.Text(notifications, model)),
            ["resource", var name, var command] => await ExecuteAsync(name, command, cancellationToken),
            ["start" or "stop" or "restart", var name] => await ExecuteAsync(name, words[0], cancellationToken),
            _ => (false, $"'{line}' is no command.{Environment.NewLine}{Help}"),
        };
    }

    private async Task<(bool Succeeded, string Answer)> ExecuteAsync(string name, string command, CancellationToken cancellationToken)
    {
        var result = await commands.ExecuteCommandAsync(name, command, cancellationToken);
        return (result.Success, result.Message ?? $"{name}: {command} done");
    }
}
