namespace Aspire.Hosting.Terminal;

/// <summary>
/// The command line of the app host: <c>[--fresh] [--Key=value ...]</c>, or <c>resource NAME start|stop|restart</c>, or <c>status</c>.
/// </summary>
internal sealed record CommandLine(string[] Settings, bool Fresh, string[]? ResourceCommand)
{
    public static CommandLine Parse(string[] args)
    {
        var command = args is ["resource" or "status", ..] ? args : null;
        return new CommandLine(command is null ? [.. args.Where(arg => arg != "--fresh")] : [], args.Contains("--fresh"), command);
    }
}
