// The yardstick for whole processes: what the runtime needs to start and to print a line.
Console.WriteLine("nothing");
