using System.CommandLine;
using Switchboard.Load.Email;

var root = new RootCommand(
    "Puts load on a running Switchboard and checks that nothing was lost or doubled. Standard output is one JSON line, progress goes to standard error.")
{
    EmailCommand.Create(),
};

return await root.Parse(args).InvokeAsync();
